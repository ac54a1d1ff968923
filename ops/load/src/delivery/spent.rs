//! What processes have spent, as the kernel counts it.

use std::collections::HashMap;
use std::fs;
use std::ops::Sub;
use std::time::Duration;

use anyhow::Context as _;

/// `/proc` counts in hundredths of a second, whatever the kernel's own tick is.
const TICK: Duration = Duration::from_millis(10);

/// User and system time of the parts of an installation.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// Every process of the product.
    pub product: Duration,
    /// PostgreSQL with all its backends, also those that are gone.
    pub postgres: Duration,
    /// RabbitMQ.
    pub rabbitmq: Duration,
}

impl Spent {
    /// All of it.
    pub fn total(self) -> Duration {
        self.product + self.postgres + self.rabbitmq
    }
}

impl Sub for Spent {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            product: self.product - before.product,
            postgres: self.postgres - before.postgres,
            rabbitmq: self.rabbitmq - before.rabbitmq,
        }
    }
}

/// The processes of this machine at one instant.
#[derive(Debug)]
pub struct Processes {
    children: HashMap<u32, Vec<u32>>,
    ticks: HashMap<u32, u32>,
}

impl Processes {
    /// Looks.
    pub fn now() -> anyhow::Result<Self> {
        let mut all = Self { children: HashMap::new(), ticks: HashMap::new() };
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
            // A process that ended since its folder was listed is its parent's by now.
            let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
            let (parent, ticks) = of_stat(&stat).with_context(|| format!("/proc/{pid}/stat"))?;
            all.children.entry(parent).or_default().push(pid);
            all.ticks.insert(pid, ticks);
        }
        Ok(all)
    }

    /// The time of a process, of its descendants, and of those descendants that have ended and were waited for.
    pub fn spent_by(&self, root: u32) -> Duration {
        let children = self.children.get(&root).into_iter().flatten();
        self.alone(root) + children.map(|child| self.spent_by(*child)).sum::<Duration>()
    }

    /// The same without the descendants that run.
    pub fn alone(&self, pid: u32) -> Duration {
        TICK * self.ticks.get(&pid).copied().unwrap_or(0)
    }
}

/// Parent, and ticks of the process and of its children that were waited for: fields 4 and 14 to 17 of proc(5).
fn of_stat(stat: &str) -> Option<(u32, u32)> {
    // The name in parentheses may contain anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<u32>().ok()).sum::<Option<u32>>()?;
    Some((fields.get(1)?.parse().ok()?, ticks))
}

/// The most memory that a process has had in RAM, in KiB.
pub fn peak_memory_of(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = peak.and_then(|rest| rest.trim().strip_suffix("kB")).context("the kernel tells no VmHWM")?;
    Ok(number.trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_not_shift_the_fields() {
        let stat = "7 (a) b (c) S 3 7 7 0 -1 4194560 100 200 0 0 11 22 33 44 20 0 1 0 5 6 7";
        assert_eq!(of_stat(stat), Some((3, 110)));
    }

    #[test]
    fn a_child_counts_for_its_parent() {
        let processes = Processes {
            children: [(1, vec![2]), (2, vec![3])].into(),
            ticks: [(1, 1), (2, 10), (3, 100)].into(),
        };
        assert_eq!(processes.spent_by(1), Duration::from_millis(1_110));
        assert_eq!(processes.spent_by(3), Duration::from_secs(1));
    }

    #[test]
    fn this_process_has_memory() {
        assert!(peak_memory_of(std::process::id()).unwrap() > 100);
    }
}
