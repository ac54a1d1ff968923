//! Distances in the database.

use model::place::Coordinates;
use sqlx::postgres::PgPool;
use store::testing::Database;

#[tokio::test]
async fn the_database_measures_like_the_rule() {
    let database = Database::fresh().await;
    let owner = PgPool::connect_with(database.owner.clone()).await.unwrap();
    let points: Vec<Coordinates> = (-4_i32..=4)
        .flat_map(|north| (-6_i32..=6).map(move |east| (north, east)))
        .map(|(north, east)| Coordinates {
            latitude: f64::from(north) * 22.5,
            longitude: f64::from(east) * 30.0,
        })
        .collect();
    for here in &points {
        let found: Vec<f64> = sqlx::query_scalar(
            "SELECT km_between($1, $2, north, east)
             FROM unnest($3::float8[], $4::float8[]) WITH ORDINALITY AS t (north, east, place) ORDER BY place",
        )
        .bind(here.latitude)
        .bind(here.longitude)
        .bind(points.iter().map(|point| point.latitude).collect::<Vec<_>>())
        .bind(points.iter().map(|point| point.longitude).collect::<Vec<_>>())
        .fetch_all(&owner)
        .await
        .unwrap();
        for (there, km) in points.iter().zip(found) {
            assert!((here.km_to(*there) - km).abs() < 1e-3, "{here:?} to {there:?}: {km}");
        }
    }
}
