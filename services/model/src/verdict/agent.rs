//! What a user agent says about who sent a request.

/// What kind of program a user agent names. Only the class is kept, never the text. The numbers stand in the hit
/// spool and the database and are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AgentClass {
    /// Begins like every browser, and is none of the below.
    Browser = 1,
    /// A programming library, a command-line tool or an automated browser.
    Library = 2,
    /// A known scanner, crawler or link previewer.
    Scanner = 3,
    /// No agent, or a blank one.
    Empty = 4,
    /// Something else.
    Other = 5,
}

/// How agents of libraries, tools and automated browsers can be told.
const LIBRARIES: &[&str] = &[
    "curl/",
    "wget/",
    "libwww-perl",
    "lwp::",
    "python-",
    "python/",
    "aiohttp/",
    "httpx/",
    "go-http-client",
    "java/",
    "apache-httpclient",
    "okhttp/",
    "axios/",
    "node-fetch",
    "undici",
    "got (",
    "ruby",
    "php/",
    "guzzlehttp",
    "dart:io",
    "dart/",
    "winhttp",
    "powershell",
    "postmanruntime",
    "insomnia/",
    "httpie/",
    "scrapy/",
    "reqwest/",
    "hyper/",
    "headlesschrome",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "electron/",
];

/// How agents of mail gateways, scanners, crawlers and link previewers can be told. `+http` is how crawlers name
/// their home page; the forms of `bot` leave out telephones whose name ends in it.
const SCANNERS: &[&str] = &[
    "bot/",
    "bot;",
    "bot)",
    "+http",
    "crawler",
    "spider",
    "scanner",
    "barracuda",
    "proofpoint",
    "mimecast",
    "fortinet",
    "fortigate",
    "sophos",
    "symantec",
    "trendmicro",
    "trend micro",
    "mailguard",
    "cloudmark",
    "messagelabs",
    "zscaler",
    "checkpoint",
    "virustotal",
    "urlscan",
    "censys",
    "zgrab",
    "nmap",
    "googleimageproxy",
    "google-safety",
    "google-read-aloud",
    "bingpreview",
    "facebookexternalhit",
    "whatsapp/",
    "slackbot",
    "slack-img",
    "telegrambot",
    "twitterbot",
    "linkedinbot",
    "discordbot",
    "skypeuripreview",
    "linkcheck",
    "w3c_validator",
    "yahoo! slurp",
];

impl AgentClass {
    /// Every class, in the order of the numbers.
    pub const ALL: [Self; 5] = [Self::Browser, Self::Library, Self::Scanner, Self::Empty, Self::Other];

    /// The class of a `User-Agent` header, `None` when the request has none.
    #[must_use]
    pub fn of(user_agent: Option<&str>) -> Self {
        let agent = user_agent.unwrap_or_default().trim().to_ascii_lowercase();
        let names = |known: &[&str]| known.iter().any(|name| agent.contains(name));
        if agent.is_empty() {
            Self::Empty
        } else if names(SCANNERS) {
            Self::Scanner
        } else if names(LIBRARIES) {
            Self::Library
        } else if agent.starts_with("mozilla/5.0 (") || agent.starts_with("opera/") {
            Self::Browser
        } else {
            Self::Other
        }
    }

    /// The number in the spool and the database.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The class of a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_fall_into_their_classes() {
        for (agent, class) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0",
                AgentClass::Browser,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
                AgentClass::Browser,
            ),
            (
                "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 Chrome/129 Mobile",
                AgentClass::Browser,
            ),
            ("Opera/9.80 (Android; Opera Mini/36.2) Presto/2.12 Version/12.16", AgentClass::Browser),
            ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0", AgentClass::Library),
            ("python-requests/2.32.3", AgentClass::Library),
            ("curl/8.5.0", AgentClass::Library),
            ("Go-http-client/2.0", AgentClass::Library),
            ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", AgentClass::Scanner),
            ("Mozilla/5.0 (compatible; Barracuda Sentinel (EE))", AgentClass::Scanner),
            ("WhatsApp/2.23.20.0", AgentClass::Scanner),
            ("Microsoft Office/16.0 (Windows NT 10.0)", AgentClass::Other),
            ("é", AgentClass::Other),
            ("  ", AgentClass::Empty),
        ] {
            assert_eq!(AgentClass::of(Some(agent)), class, "{agent}");
        }
        assert_eq!(AgentClass::of(None), AgentClass::Empty);
    }

    #[test]
    fn every_known_name_is_found_in_lower_case() {
        for name in SCANNERS {
            assert_eq!(
                AgentClass::of(Some(&format!("Mozilla/5.0 ({})", name.to_uppercase()))),
                AgentClass::Scanner
            );
        }
        for name in LIBRARIES {
            assert_eq!(AgentClass::of(Some(&name.to_uppercase())), AgentClass::Library, "{name}");
        }
    }
}
