//! Where requests of this server may go: an address that somebody else names must not lead to our own ports.

use crate::config::Config;
use crate::error::{Error, Result};
use base::ip_range::IpRange;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Never the address of another server: this host, the link, everybody at once, and where cloud providers answer with the
/// machine's own credentials. Private ranges are not among them: the agencies' network (mạng truyền số liệu chuyên dùng)
/// is made of them.
const FORBIDDEN: [&str; 15] = [
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
    // Metadata services of Alibaba, Azure and Oracle, and of Amazon over IPv6.
    "100.100.100.200/32",
    "168.63.129.16/32",
    "192.0.0.192/32",
    "fd00:ec2::254/128",
    "::/128",
    "::1/128",
    "fe80::/10",
    "ff00::/8",
    // Addresses that hide an IPv4 one (6to4, NAT64): the gate that unpacks them may stand on this host.
    "2002::/16",
    "64:ff9b::/96",
];

/// The addresses that may be called.
#[derive(Debug, Clone)]
pub struct Reach {
    forbidden: Arc<[IpRange]>,
    allowed: Arc<[IpRange]>,
}

impl Reach {
    /// As the settings say: `local_peers`, and this machine for a server that is itself reached on this machine only.
    pub fn of(config: &Config) -> Result<Self> {
        let read = |all: &mut dyn Iterator<Item = &str>| {
            let ranges = all.map(str::parse).collect::<std::result::Result<Vec<IpRange>, String>>();
            ranges.map_err(|e| Error::fault("read local_peers", e))
        };
        let mut allowed = read(&mut config.local_peers.iter().map(String::as_str))?;
        let own = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
        if is_loopback(&own) {
            allowed.extend(read(&mut ["127.0.0.0/8", "::1"].into_iter())?);
        }
        Ok(Self { forbidden: read(&mut FORBIDDEN.into_iter())?.into(), allowed: allowed.into() })
    }

    /// Whether this address may be called.
    pub fn permits(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        let among = |ranges: &[IpRange]| ranges.iter().any(|range| range.contains(ip));
        among(&self.allowed) || !among(&self.forbidden)
    }

    /// Whether a URL may be called, as far as its text tells: names are checked when they are looked up.
    pub fn permits_url(&self, url: &str) -> bool {
        let parsed = reqwest::Url::parse(url).ok();
        let host = parsed.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>();
        !literal.is_ok_and(|ip| !self.permits(ip))
    }

    /// A client that follows no redirection and uses no proxy: a request goes to the address that was named, if that is
    /// within reach, or nowhere. `silence`: how long the other side may say nothing.
    pub fn client(self, silence: Duration) -> Result<reqwest::Client> {
        self.builder(silence).no_proxy().build().map_err(|e| Error::fault("making an HTTP client", e))
    }

    /// The same with a proxy between, which then looks names up itself.
    pub fn client_by_proxy(self, silence: Duration, proxy: &str) -> Result<reqwest::Client> {
        let proxy = reqwest::Proxy::all(proxy).map_err(|e| Error::fault("read the proxy's address", e))?;
        self.builder(silence).proxy(proxy).build().map_err(|e| Error::fault("making an HTTP client", e))
    }

    fn builder(self, silence: Duration) -> reqwest::ClientBuilder {
        // Somebody else may have installed it already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(self))
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(silence)
            .user_agent(concat!("lienthong/", env!("CARGO_PKG_VERSION")))
    }
}

/// Whether a URL leads to this machine.
pub fn is_loopback(url: &str) -> bool {
    let parsed = reqwest::Url::parse(url).ok();
    match parsed.as_ref().and_then(|parsed| parsed.host_str()) {
        Some(host) if host == "localhost" || host.ends_with(".localhost") => true,
        Some(host) => {
            let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
            ip.is_ok_and(|ip| ip.to_canonical().is_loopback() || ip.is_unspecified())
        }
        None => false,
    }
}

/// Looks names up and hands on only what may be called: the connection goes to the very address that was checked, so a
/// name that answers differently the next time gains nothing.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> = found.filter(|address| reach.permits(address.ip())).collect();
            if permitted.is_empty() {
                return Err("the name leads to this machine, the link or a metadata service (local_peers)".into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE: Duration = Duration::from_secs(5);

    fn reach(allowed: &[&str]) -> Reach {
        let read = |all: &[&str]| all.iter().map(|range| range.parse().unwrap()).collect::<Vec<IpRange>>().into();
        Reach { forbidden: read(&FORBIDDEN), allowed: read(allowed) }
    }

    #[test]
    fn this_machine_the_link_and_metadata_services_are_out_of_reach() {
        let closed = reach(&[]);
        for bad in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "100.100.100.200",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "fe80::1",
            "fd00:ec2::254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!closed.permits(bad.parse().unwrap()), "{bad}");
            let url = if bad.contains(':') { format!("https://[{bad}]:8443") } else { format!("https://{bad}") };
            assert!(!closed.permits_url(&url), "{url}");
        }
        // Other ways to write 127.0.0.1, which URLs allow.
        for bad in ["https://2130706433", "https://0x7f.1", "https://0177.0.0.1", "https://127.1"] {
            assert!(!closed.permits_url(bad), "{bad}");
        }
        for good in ["10.1.2.3", "192.168.1.5", "172.16.0.9", "103.1.2.3", "2405:4800::1", "fd12::1"] {
            assert!(closed.permits(good.parse().unwrap()), "{good}");
        }
        let open = reach(&["127.0.0.1", "169.254.1.0/24"]);
        assert!(open.permits("127.0.0.1".parse().unwrap()) && open.permits("169.254.1.7".parse().unwrap()));
        assert!(!open.permits("127.0.0.2".parse().unwrap()) && !open.permits("169.254.169.254".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_name_that_leads_here_is_not_called() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let refused = reach(&[]).client(SILENCE).unwrap().get(&url).send().await.unwrap_err();
        let connected = tokio::time::timeout(Duration::from_millis(200), listener.accept()).await;
        assert!(connected.is_err(), "nothing was connected to: {refused}");
        let client = reach(&["127.0.0.1", "::1"]).client(SILENCE).unwrap();
        let asked = tokio::spawn(async move { client.get(&url).send().await });
        assert!(listener.accept().await.is_ok(), "with local_peers it is");
        asked.abort();
    }
}
