//! What holds after every scenario (delivery 4.2).

use super::House;

impl House {
    pub async fn check_invariants(&self) {
        for (invariant, question) in [
            ("I1: a claim after a refusal that covers it", include_str!("claims_after_refusals.sql")),
            (
                "I8: attempts with a gap",
                "SELECT count(*) FROM (SELECT max(attempt_no) AS last, count(*) AS rows FROM attempt
                 GROUP BY institution_id, occurrence_id, contact_id, channel) a WHERE last <> rows",
            ),
            (
                "I8: more than one attempt that may have been taken",
                "SELECT count(*) FROM (SELECT count(*) AS rows FROM attempt WHERE outcome IN (1, 4)
                 GROUP BY institution_id, occurrence_id, contact_id, channel) a WHERE rows > 1",
            ),
            (
                "I10: a final message in the outbox",
                "SELECT count(*) FROM outbox o JOIN message m USING (institution_id, occurrence_id, contact_id, channel)
                 WHERE m.state <> 0",
            ),
            (
                "I10: an open attempt without a lease",
                "SELECT count(*) FROM attempt a WHERE a.outcome IS NULL AND NOT EXISTS (SELECT FROM outbox o
                 WHERE o.contact_id = a.contact_id AND o.occurrence_id = a.occurrence_id AND o.claim_token = a.claim_token)",
            ),
            ("I14: an exclusion without a reason", "SELECT count(*) FROM message WHERE state = 1 AND coalesce(nullif(blocks_launch, 0), blocks_claim, 0) = 0"),
        ] {
            assert_eq!(self.number(question).await, 0, "{invariant}");
        }
        let accepted = self.number("SELECT count(*) FROM message WHERE state = 2").await;
        let unknown = self.number("SELECT count(*) FROM message WHERE state = 4").await;
        let times = self.sink.acceptances_by_message_id();
        assert!(times.values().all(|times| *times == 1), "I5: marketing at most once");
        let taken = i64::try_from(times.len()).unwrap();
        assert!(
            (accepted..=accepted + unknown).contains(&taken),
            "I4: {accepted} accepted, {unknown} unknown, {taken} taken"
        );
    }
}
