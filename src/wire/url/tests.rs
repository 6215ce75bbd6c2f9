//! Addresses that are, and that are not.

use super::{Invalid, Url};

#[track_caller]
fn check(text: &str, tidied: &str) {
    assert_eq!(Url::parse(text).map(|url| url.to_string()), Ok(tidied.to_owned()));
}

#[track_caller]
fn check_bad(text: &str, why: &str) {
    assert_eq!(Url::parse(text), Err(Invalid(why.to_owned())));
}

#[test]
fn addresses_are_read_and_tidied() {
    check("https://api.openai.com/v1", "https://api.openai.com/v1");
    check(" HTTPS://API.OpenAI.com:443/V1/ \n", "https://api.openai.com/V1/");
    check("http://localhost", "http://localhost");
    check("http://localhost:/v1", "http://localhost/v1");
    check("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1");
    check("http://my_host-1.:80", "http://my_host-1.");
    check(
        "https://h:80/a%20b/~c?api-version=1&x=a/b?c",
        "https://h:80/a%20b/~c?api-version=1&x=a/b?c",
    );
    check("https://h?x=1", "https://h?x=1");
    check("http://[::1]:80/v1", "http://[::1]/v1");
    check("http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080");
}

#[test]
fn what_is_no_address_is_refused_and_says_why() {
    check_bad("", r#""" is not an address; it begins with http:// or https://"#);
    check_bad(
        "api.openai.com/v1",
        r#""api.openai.com/v1" is not an address; it begins with http:// or https://"#,
    );
    check_bad("https:/h", r#""https:/h" is not an address; it begins with http:// or https://"#);
    check_bad("ftp://h", r#""ftp" is neither http nor https"#);
    check_bad("file:///etc/passwd", r#""file" is neither http nor https"#);
    check_bad("http://", r#""" is not a host: it is empty"#);
    check_bad("http://:80/", r#"":80" is not a host: it is empty"#);
    check_bad("https:///v1", r#""" is not a host: it is empty"#);
    check_bad(
        "https://user:sk-secret@h/v1",
        "the address holds a user name or password; give the key as a key",
    );
    check_bad(
        "https://sk-secret@h",
        "the address holds a user name or password; give the key as a key",
    );
    check_bad(
        "https://h/v1#top",
        r#""https://h/v1#top" has a fragment (`#`), which is never sent"#,
    );
    check_bad("https://h#", r#""https://h#" has a fragment (`#`), which is never sent"#);
    check_bad("https://h/a b", "' ' cannot stand in an address; percent-encode it");
    check_bad("https://h/é", "'é' cannot stand in an address; percent-encode it");
    check_bad("https://h/a\r\nEvil: yes", r"'\r' cannot stand in an address; percent-encode it");
    check_bad("https://h\\evil", r#""h\\evil" is not a host: '\\' cannot stand in a host name"#);
    check_bad("https://h h", r#""h h" is not a host: ' ' cannot stand in a host name"#);
    check_bad(
        "https://münchen.de",
        r#""münchen.de" is not a host: 'ü' cannot stand in a host name"#,
    );
    check_bad("https://%31.2", r#""%31.2" is not a host: '%' cannot stand in a host name"#);
    check_bad("https://h\0", r#""h\0" is not a host: '\0' cannot stand in a host name"#);
    for port in ["0", "65536", "-1", "+1", "x", "80:80", "99999999999999999999"] {
        check_bad(
            &format!("http://h:{port}"),
            &format!(r#""h:{port}" is not a host: the port is not a number from 1 to 65535"#),
        );
    }
    check_bad(
        "http://256.1.1.1",
        r#""256.1.1.1" is not a host: it is a number, but no IPv4 address"#,
    );
    check_bad(
        "http://2130706433",
        r#""2130706433" is not a host: it is a number, but no IPv4 address"#,
    );
    check_bad("http://[::1", r#""[::1" is not a host: the bracket is not closed"#);
    check_bad(
        "http://[1.2.3.4]",
        r#""[1.2.3.4]" is not a host: no IPv6 address stands in the brackets"#,
    );
    check_bad("http://[::1]x", r#""[::1]x" is not a host: something follows the bracket"#);
    check_bad("http://::1/", r#""::1" is not a host: it is empty"#);
}

#[test]
fn endpoints_are_joined_with_one_slash() {
    let join = |base, endpoint| Url::parse(base).unwrap().join(endpoint).to_string();
    for base in ["https://h/v1", "https://h/v1/", "https://h/v1//"] {
        for endpoint in ["chat/completions", "/chat/completions"] {
            assert_eq!(join(base, endpoint), "https://h/v1/chat/completions");
        }
    }
    assert_eq!(join("https://h", "models"), "https://h/models");
    assert_eq!(join("https://h/", "models"), "https://h/models");
    assert_eq!(join("https://h/v1?api-version=1", "models"), "https://h/v1/models?api-version=1");
    assert_eq!(join("https://h/v1?a=1", "files?b=2"), "https://h/v1/files?a=1&b=2");
    assert_eq!(join("https://h/v1", "files?b=2"), "https://h/v1/files?b=2");
    assert_eq!(join("https://h/a.png?x=1", ""), "https://h/a.png?x=1");
}

#[test]
fn redirects_lead_where_browsers_would_go() {
    let from = Url::parse("https://h:8443/v1/models?x=1").unwrap();
    let to = |location| from.redirected(location).map(|url| url.to_string()).ok();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(to("https://other/x"), some("https://other/x"));
    assert_eq!(to("HTTP://other"), some("http://other"));
    assert_eq!(to("//other/x"), some("https://other/x"));
    assert_eq!(to("/x?y=1#z"), some("https://h:8443/x?y=1"));
    assert_eq!(to("/x?u=http://evil"), some("https://h:8443/x?u=http://evil"));
    assert_eq!(to("list"), some("https://h:8443/v1/list"));
    assert_eq!(to("?y=2"), some("https://h:8443/v1/models?y=2"));
    assert_eq!(to("list?u=a:b//c"), some("https://h:8443/v1/list?u=a:b//c"));
    assert_eq!(to("mailto:x"), None);
    assert_eq!(to("file:///etc/passwd"), None);
    assert_eq!(to("https://user@h:8443/"), None);
    assert_eq!(to("https://h:8443\\@evil/"), None);
    assert_eq!(to(""), some("https://h:8443/v1/models?x=1"));
    let root = Url::parse("https://h").unwrap();
    assert_eq!(root.redirected("list").map(|url| url.to_string()), Ok("https://h/list".to_owned()));
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    let same = |a, b| Url::parse(a).unwrap().same_origin(&Url::parse(b).unwrap());
    assert!(same("https://h/a", "HTTPS://H:443/b?c"));
    assert!(!same("https://h", "http://h"));
    assert!(!same("https://h", "https://h:444"));
    assert!(!same("https://h", "https://www.h"));
    assert!(!same("http://h:443", "https://h:443"));
}

#[test]
fn loopback_is_this_machine() {
    let is_loopback = |text| Url::parse(text).unwrap().is_loopback();
    for near in [
        "http://localhost",
        "http://LOCALHOST:1",
        "http://x.localhost",
        "http://localhost.",
        "http://127.0.0.1",
        "http://127.9.9.9",
        "http://[::1]:80",
        "https://127.0.0.1",
    ] {
        assert!(is_loopback(near), "{near}");
    }
    for far in [
        "http://h",
        "http://localhost.evil.com",
        "http://notlocalhost",
        "http://128.0.0.1",
        "http://127.0.0.1.evil.com",
        "http://[::2]",
        "http://0.0.0.0",
        "http://192.168.0.1",
    ] {
        assert!(!is_loopback(far), "{far}");
    }
}
