//! What a leaf says of its field, as far as it can be seen without any data that two leaves contradict each other, or that one
//! of them is met by everybody.
//!
//! Only the obvious is looked for: a day two months ago and a literal day are not compared, since that depends on today.

/// What has to be so for a leaf to be true, or for it to be false.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Says {
    /// The value is missing.
    Missing,
    /// There is a value.
    Present,
    /// The value is this one.
    Exactly(String),
    /// There is a value, and it is another one.
    Other(String),
    /// The value lies in a span.
    Within(Span),
}

impl Says {
    /// Whether no value can satisfy both.
    pub(crate) fn contradicts(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Missing, Self::Missing) => false,
            (Self::Missing, Self::Present | Self::Exactly(_) | Self::Other(_) | Self::Within(_))
            | (Self::Present | Self::Exactly(_) | Self::Other(_) | Self::Within(_), Self::Missing) => true,
            (Self::Exactly(one), Self::Exactly(other)) => one != other,
            (Self::Exactly(one), Self::Other(other)) | (Self::Other(other), Self::Exactly(one)) => {
                one == other
            }
            (Self::Within(one), Self::Within(other)) => one.excludes(other),
            (Self::Present | Self::Other(_), Self::Present | Self::Other(_) | Self::Within(_))
            | (Self::Within(_), Self::Present | Self::Other(_))
            | (Self::Exactly(_), Self::Present | Self::Within(_))
            | (Self::Present | Self::Within(_), Self::Exactly(_)) => false,
        }
    }
}

/// What positions are measured in; only positions on the same scale are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Plain numbers.
    Number,
    /// Literal days, counted from the beginning of the era.
    Day,
    /// Days from today.
    DaysFromToday,
    /// Months from today.
    MonthsFromToday,
}

/// One end of a span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct End {
    pub(crate) scale: Scale,
    pub(crate) position: f64,
    /// Whether the position itself belongs to the span.
    pub(crate) included: bool,
}

/// Everything between two ends; an absent end is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) from: Option<End>,
    pub(crate) until: Option<End>,
}

impl Span {
    /// Whether nothing lies in it for certain.
    pub(crate) fn is_empty(&self) -> bool {
        match (self.from, self.until) {
            (Some(from), Some(until)) if from.scale == until.scale => {
                from.position > until.position
                    || (from.position == until.position && !(from.included && until.included))
            }
            (Some(_) | None, Some(_) | None) => false,
        }
    }

    /// What has to be so for a value to lie outside: everything before the beginning, or behind the end. Of a span that has both it
    /// is only known that there is a value.
    pub(crate) fn outside(&self) -> Says {
        let other_side = |end: End| Some(End { included: !end.included, ..end });
        match (self.from, self.until) {
            (Some(from), None) => Says::Within(Self { from: None, until: other_side(from) }),
            (None, Some(until)) => Says::Within(Self { from: other_side(until), until: None }),
            (Some(_), Some(_)) | (None, None) => Says::Present,
        }
    }

    fn excludes(&self, other: &Self) -> bool {
        Self { from: self.from, until: other.until }.is_empty()
            || Self { from: other.from, until: self.until }.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(scale: Scale, from: Option<(f64, bool)>, until: Option<(f64, bool)>) -> Says {
        let end = |(position, included)| End { scale, position, included };
        Says::Within(Span { from: from.map(end), until: until.map(end) })
    }

    #[test]
    fn spans_that_do_not_meet_contradict() {
        let until_five = span(Scale::Number, None, Some((5.0, true)));
        assert!(until_five.contradicts(&span(Scale::Number, Some((5.0, false)), None)));
        assert!(!until_five.contradicts(&span(Scale::Number, Some((5.0, true)), None)));
        assert!(until_five.contradicts(&span(Scale::Number, Some((6.0, true)), Some((7.0, true)))));
    }

    #[test]
    fn different_scales_are_not_compared() {
        let before = span(Scale::Day, None, Some((700_000.0, false)));
        assert!(!before.contradicts(&span(Scale::MonthsFromToday, Some((-1.0, false)), None)));
    }

    #[test]
    fn a_missing_value_has_no_properties() {
        for other in [Says::Present, Says::Exactly("a".to_owned()), span(Scale::Number, None, None)] {
            assert!(Says::Missing.contradicts(&other) && other.contradicts(&Says::Missing));
        }
        assert!(Says::Exactly("a".to_owned()).contradicts(&Says::Exactly("b".to_owned())));
        assert!(!Says::Missing.contradicts(&Says::Missing));
    }

    #[test]
    fn another_value_is_not_this_one() {
        let (lyon, other) = (Says::Exactly("Lyon".to_owned()), Says::Other("Lyon".to_owned()));
        assert!(lyon.contradicts(&other) && other.contradicts(&lyon) && other.contradicts(&Says::Missing));
        assert!(!other.contradicts(&Says::Exactly("Paris".to_owned())) && !other.contradicts(&other));
        assert!(!other.contradicts(&Says::Present) && !Says::Present.contradicts(&other));
    }

    #[test]
    fn what_lies_outside_begins_where_the_span_ends() {
        let span = |from, until| {
            let end = |(position, included)| End { scale: Scale::Number, position, included };
            Span { from: Option::map(from, end), until: Option::map(until, end) }
        };
        assert_eq!(span(None, Some((5.0, true))).outside(), Says::Within(span(Some((5.0, false)), None)));
        assert_eq!(span(Some((5.0, false)), None).outside(), Says::Within(span(None, Some((5.0, true)))));
        assert_eq!(span(Some((5.0, true)), Some((6.0, true))).outside(), Says::Present);
    }
}
