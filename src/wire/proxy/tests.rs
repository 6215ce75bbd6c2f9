//! Which proxy, as curl would choose.

use super::{Invalid, ProxySettings, Secret, Url, proxy_for};

/// `settings` in the words of the environment, `--proxy` as `proxy=`.
fn settings(words: &str) -> ProxySettings {
    let mut settings = ProxySettings::default();
    for word in words.split(';').filter(|word| !word.is_empty()) {
        let (name, value) = word.split_once('=').unwrap();
        let slot = match name {
            "proxy" => &mut settings.every,
            "https" => &mut settings.https,
            "http" => &mut settings.http,
            "all" => &mut settings.all,
            "no" => &mut settings.except,
            _ => panic!("{name}"),
        };
        *slot = Some(value.to_owned());
    }
    settings
}

#[track_caller]
fn check(url: &str, words: &str, expected: Option<&str>) {
    let proxy = proxy_for(&Url::parse(url).unwrap(), &settings(words)).unwrap();
    assert_eq!(proxy.map(|proxy| proxy.to_string()).as_deref(), expected);
}

#[test]
fn the_scheme_chooses_and_the_flag_beats_it() {
    check("https://h", "", None);
    check("https://h", "https=http://p:1;http=http://q:2;all=http://r:3", Some("http://p:1"));
    check("http://h", "https=http://p:1;http=http://q:2;all=http://r:3", Some("http://q:2"));
    check("http://h", "https=http://p:1;all=http://r:3", Some("http://r:3"));
    check("http://h", "https=http://p:1", None);
    check("http://h", "http= ;all=http://r:3", Some("http://r:3"));
    check("http://h", "proxy=http://f:4;http=http://q:2", Some("http://f:4"));
    check("https://h", "proxy=http://f:4", Some("http://f:4"));
    check("http://h", "proxy=;http=http://q:2;all=http://r:3", None);
    check("http://127.0.0.1:1", "http=http://q:2", Some("http://q:2"));
    check("https://h", "https=http://p:1;http=nonsense://", Some("http://p:1"));
}

#[test]
fn addresses_of_proxies_are_read() {
    check("http://h", "proxy=p", Some("http://p:1080"));
    check("http://h", "proxy=p:3128", Some("http://p:3128"));
    check("http://h", "proxy= HTTP://P:3128/ ", Some("http://p:3128"));
    check("http://h", "proxy=https://p", Some("https://p:443"));
    check("http://h", "proxy=socks5://127.0.0.1", Some("socks5://127.0.0.1:1080"));
    check("http://h", "proxy=socks5h://[::1]:9050", Some("socks5h://[::1]:9050"));
    check("http://h", "proxy=alice:s3cret@p:1", Some("http://p:1"));
    check("http://h", "proxy=http://a%40b:p%3a%2Fw%@p:1/path?x#y", Some("http://p:1"));
}

#[test]
fn credentials_are_decoded_and_never_shown() {
    let url = Url::parse("http://h").unwrap();
    let words = settings("proxy=socks5h://a%40b:p%3A@w%d%zz%@p:1");
    let proxy = proxy_for(&url, &words).unwrap().unwrap();
    assert_eq!(proxy.user.as_ref().map(Secret::expose), Some("a@b"));
    assert_eq!(proxy.password.as_ref().map(Secret::expose), Some("p:@w%d%zz%"));
    let shown = format!("{proxy} {proxy:?}");
    assert_eq!(
        shown,
        "socks5h://p:1 Proxy { protocol: Socks5h, host: \"p\", port: 1, \
        user: Some(***), password: Some(***) }"
    );
    let ureq = proxy.to_ureq().unwrap();
    assert_eq!((ureq.username(), ureq.password()), (Some("a@b"), Some("p:@w%d%zz%")));
    assert_eq!((ureq.host(), ureq.port()), ("p", 1));
}

#[test]
fn what_is_no_proxy_is_refused_without_its_credentials() {
    let url = Url::parse("http://h").unwrap();
    let why = |text: &str| {
        let settings = ProxySettings { every: Some(text.to_owned()), ..ProxySettings::default() };
        proxy_for(&url, &settings).unwrap_err()
    };
    let invalid = |text: &str| Invalid(text.to_owned());
    for scheme in ["socks", "socks4", "ftp", ""] {
        let text = format!("{scheme}://alice:s3cret@p");
        let known = "http, https, socks5 and socks5h are";
        assert_eq!(why(&text), Invalid(format!("{scheme:?} is no proxy that is known; {known}")));
    }
    assert_eq!(
        why("http://alice:s3cret@"),
        invalid("the proxy's address: \"\" is not a host: it is empty")
    );
    assert_eq!(
        why("alice:s3cret@p:x"),
        invalid(
            "the proxy's address: \"p:x\" is not a host: the port is not a number from 1 to 65535"
        )
    );
    assert_eq!(
        why("http://%ff:s3cret@p"),
        invalid("the proxy's user name or password is not text")
    );
    assert_eq!(
        why("http://a:b%0d%0aEvil@p"),
        invalid("the proxy's user name or password is not text")
    );
}

#[test]
fn some_hosts_are_reached_directly() {
    #[track_caller]
    fn direct(list: &str, url: &str) {
        check(url, &format!("all=p;no={list}"), None);
        check(url, &format!("proxy=p;no={list}"), None);
    }
    #[track_caller]
    fn proxied(list: &str, url: &str) {
        check(url, &format!("all=p;no={list}"), Some("http://p:1080"));
    }
    direct("*", "https://h");
    direct("a, *", "https://h");
    proxied("", "https://h");
    proxied(" ,,", "https://h");
    for list in ["example.com", ".example.com", "EXAMPLE.COM.", "a,example.com", "a example.com"] {
        direct(list, "https://example.com");
        direct(list, "https://WWW.example.com:8443/v1");
        direct(list, "https://a.b.example.com.");
        proxied(list, "https://notexample.com");
        proxied(list, "https://example.com.evil.net");
        proxied(list, "https://com");
    }
    proxied("*.example.com", "https://example.com");
    direct("example.com:443", "https://example.com");
    direct("example.com:8443", "https://www.example.com:8443");
    proxied("example.com:8443", "https://example.com");
    direct("localhost,127.0.0.1,::1", "http://localhost:1");
    direct("localhost,127.0.0.1,::1", "http://127.0.0.1:1");
    direct("localhost,127.0.0.1,::1", "http://[::1]:1");
    direct("[::1]", "http://[0:0::1]:1");
    direct("[::1]:8080", "http://[::1]:8080");
    proxied("[::1]:8080", "http://[::1]:8081");
    direct("127.0.0.1:80", "http://127.0.0.1");
    proxied("127.0.0.1:81", "http://127.0.0.1");
    proxied("0.0.1", "http://127.0.0.1");
    proxied("1", "http://127.0.0.1");
    direct("10.0.0.0/8", "http://10.255.1.2");
    proxied("10.0.0.0/8", "http://11.0.0.0");
    direct("192.168.1.128/25", "http://192.168.1.200");
    proxied("192.168.1.128/25", "http://192.168.1.100");
    direct("0.0.0.0/0", "http://8.8.8.8");
    direct("8.8.8.8/32", "http://8.8.8.8");
    proxied("8.8.8.8/32", "http://8.8.8.9");
    proxied("8.8.8.8/33", "http://8.8.8.8");
    direct("fd00::/8", "http://[fdab::1]");
    direct("::/0", "http://[fdab::1]");
    direct("[fd00::]/8", "http://[fdab::1]");
    proxied("fd00::/8", "http://[fe80::1]");
    proxied("0.0.0.0/0", "http://[::1]");
    proxied("10.0.0.0/x,/,/8,10.0.0.0/", "http://10.0.0.1");
    proxied("10.0.0.0/8", "http://example.com");
}
