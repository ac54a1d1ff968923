//! The categories of products that pass, as they were imported. A product without one never passes.

use sea_query::Expr;

use crate::sql;

#[derive(Debug)]
pub(super) struct Categories(Vec<String>);

impl Categories {
    pub(super) fn check(names: &[String]) -> Result<Self, String> {
        if names.is_empty() || names.iter().any(String::is_empty) {
            return Err(
                "`categories` names at least one category, and none of them is empty; or leave it out"
                    .to_owned(),
            );
        }
        Ok(Self(names.to_vec()))
    }

    pub(super) fn accept(&self, category: Option<&str>) -> bool {
        category.is_some_and(|category| self.0.iter().any(|name| name == category))
    }

    /// Over `product AS p`.
    pub(super) fn holds(&self) -> Expr {
        sql::among(sql::column("p", "category"), self.0.clone())
    }
}
