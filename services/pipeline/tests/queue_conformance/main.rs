//! One suite for both queue ports, and the faults that only a broker can have.
//!
//! Each scenario is written once, against the port, and runs on both. RabbitMQ is a private node that all tests of
//! this process share one after the other; each test has its own names on it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what is wrong by failing")]

mod stage;
mod settling;
mod publishing;
mod crowd;
mod loss;
mod proxy;
mod start;
mod broker_faults;

/// Makes two tests of each scenario.
macro_rules! on_both_ports {
    ($($module:ident::$scenario:ident,)*) => {
        mod in_process {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                crate::stage::in_process(stringify!($scenario), crate::$module::$scenario).await;
            })*
        }

        mod rabbit {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $scenario() {
                crate::stage::rabbit(stringify!($scenario), crate::$module::$scenario).await;
            })*
        }
    };
}

on_both_ports! {
    settling::what_is_published_is_delivered_once,
    settling::what_is_unsettled_comes_again_when_its_consumer_ends,
    settling::a_dropped_or_requeued_delivery_comes_again,
    settling::poison_does_not_loop,
    settling::what_always_comes_back_is_dropped_at_the_limit,
    settling::no_more_than_the_prefetch_is_handed_out,
    settling::a_cancelled_consumer_leaves_the_rest_to_others,
    settling::a_wait_that_is_dropped_loses_nothing,
    publishing::a_report_has_an_outcome_for_each_message,
    publishing::a_full_queue_rejects_and_keeps_what_it_confirmed,
    publishing::what_reaches_no_queue_is_never_confirmed,
    publishing::a_cancelled_publisher_confirms_nothing,
    crowd::many_publishers_and_consumers_lose_and_double_nothing,
    loss::the_queue_is_lost_between_confirm_and_delivery,
}
