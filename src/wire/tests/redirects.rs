//! Redirects: followed within the origin, refused elsewhere, and never with the key.

use super::*;

#[track_caller]
fn check_refused(failure: &Failure, message: &str) {
    assert_eq!(failure.to_string(), message);
    assert_eq!((failure.kind, failure.retry, failure.sent), (Kind::Refused, Retry::Never, false));
}

#[test]
fn within_the_origin_they_are_followed_with_body_and_key() {
    for status in [307, 308] {
        let server = Server::start(vec![
            Reply::redirect(status, "/v2/chat?x=1#y"),
            Reply::redirect(status, "there"),
            Reply::json(200, "ok"),
        ]);
        assert_eq!(ask(&client(&server.base_url()), LONG).unwrap(), "ok");
        let seen: Vec<_> =
            server.requests().into_iter().map(|r| (r.path.clone(), r.text())).collect();
        let expected = ["/v1/chat/completions", "/v2/chat?x=1", "/v2/there"];
        assert_eq!(seen, expected.map(|path| (path.to_owned(), "{\"a\":1}".to_owned())));
        let keys = server.requests().iter().filter(|r| r.header("authorization").is_some()).count();
        assert_eq!(keys, 3);
    }
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start(vec![Reply::redirect(status, "/x"), Reply::json(200, "ok")]);
        assert_eq!(get(&client(&server.base_url())).unwrap().whole(2).unwrap(), b"ok");
    }
}

#[test]
fn a_redirect_that_would_drop_the_body_is_refused() {
    for status in [301, 302, 303] {
        let server = Server::start(vec![Reply::redirect(status, "/x")]);
        let failure = ask(&client(&server.base_url()), LONG).unwrap_err();
        let host = server.address();
        let where_to = format!("what was asked is at http://{host}/x; is the base URL right?");
        check_refused(&failure, &format!("{host} answered {status}: {where_to}"));
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn to_another_origin_nothing_goes() {
    let other = Server::repeat(Reply::json(200, "stolen"));
    let port = other.address().port();
    for (location, origin) in [
        (
            format!("http://127.0.0.1:{port}/v1/chat/completions"),
            format!("http://127.0.0.1:{port}"),
        ),
        (format!("//127.0.0.1:{port}"), format!("http://127.0.0.1:{port}")),
        (format!("http://localhost:{port}/"), format!("http://localhost:{port}")),
        ("https://127.0.0.1/".to_owned(), "https://127.0.0.1".to_owned()),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let server = Server::start(vec![Reply::redirect(status, &location)]);
            let client = client(&server.base_url());
            let failure = if status < 307 { get(&client).err() } else { ask(&client, LONG).err() };
            let refusal = format!(
                "{} redirects to {origin}, where neither key nor prompt follow; set the base URL \
                 to it if that is right",
                server.address()
            );
            check_refused(&failure.unwrap(), &refusal);
        }
    }
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn redirects_without_end_are_not_followed() {
    let server = Server::repeat(Reply::redirect(307, "/v1/chat/completions"));
    let failure = ask(&client(&server.base_url()), LONG).unwrap_err();
    check_refused(&failure, &format!("{} redirects more than 5 times", server.address()));
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn redirects_to_nowhere_are_refused() {
    for (location, why) in [
        ("ftp://h/x", "\"ftp\" is neither http nor https"),
        ("http://user:pw@h/", "the address holds a user name or password; give the key as a key"),
        ("/a b", "' ' cannot stand in an address; percent-encode it"),
    ] {
        let server = Server::start(vec![Reply::redirect(307, location)]);
        let failure = ask(&client(&server.base_url()), LONG).unwrap_err();
        check_refused(&failure, &format!("{} redirects to nowhere: {why}", server.address()));
    }
    let server = Server::start(vec![Reply::new(307, "text/plain", "lost")]);
    let failure = ask(&client(&server.base_url()), LONG).unwrap_err();
    check_refused(&failure, &format!("{} answered 307: lost", server.address()));
}

#[test]
fn the_time_for_everything_holds_over_redirects() {
    let gate = Gate::new();
    let server = Server::start(vec![Reply::redirect(307, "/x"), Reply::json(200, "").slow(&gate)]);
    let failure = ask(&client(&server.base_url()), SHORT).unwrap_err();
    assert_eq!(failure.kind, Kind::Timeout);
}

#[test]
fn what_a_server_gave_us_is_fetched_from_anywhere_without_the_key() {
    let store = Server::repeat(Reply::new(200, "image/png", "\x7fPNG"));
    let url = format!("http://localhost:{}/a.png?sig=1", store.address().port());
    let server = Server::repeat(Reply::redirect(302, &url));
    let mut settings = settings(&server.base_url());
    settings.organization = Some("org".to_owned());
    let first = Url::parse(&format!("http://{}/x.png?a=b", server.address())).unwrap();
    let response = fetch(&settings, &first, LONG).unwrap();
    assert_eq!(response.whole(4).unwrap(), b"\x7fPNG");
    for request in server.requests().iter().chain(&store.requests()) {
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.header("openai-organization"), None);
    }
    assert_eq!(server.requests()[0].path, "/x.png?a=b");
    assert_eq!(store.requests()[0].path, "/a.png?sig=1");
    let endless = Server::repeat(Reply::redirect(302, "/again"));
    let url = Url::parse(&endless.base_url()).unwrap();
    assert_eq!(fetch(&settings, &url, LONG).err().unwrap().kind, Kind::Refused);
}

#[test]
fn nothing_leads_to_a_network_where_the_api_is_not() {
    #[track_caller]
    fn check(base: &str, url: &str, open: bool) {
        let fetched = fetch(&settings(base), &Url::parse(url).unwrap(), LONG);
        let refusal = fetched.err().map(|failure| (failure.kind, failure.to_string()));
        let server = Url::parse(url).unwrap().server();
        let why = "it is on a private network, where the API is not";
        let expected = (Kind::Refused, format!("{server} is not fetched: {why}"));
        assert_eq!(refusal, (!open).then_some(expected));
    }
    let store = Server::repeat(Reply::new(200, "image/png", "\x7fPNG"));
    let port = store.address().port();
    for host in ["127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"] {
        let url = format!("http://{host}:{port}/x");
        if Url::parse(&url).is_ok() {
            for base in ["https://8.8.8.8/v1", "http://10.0.0.1/v1", "https://[2606:4700::1]/"] {
                check(base, &url, false);
            }
        }
    }
    check("https://8.8.8.8/v1", "http://169.254.169.254/latest/meta-data", false);
    check("http://127.0.0.1/v1", "http://169.254.169.254/latest/meta-data", false);
    check("http://127.0.0.1/v1", "http://10.0.0.1/x", false);
    check("http://127.0.0.1/v1", &format!("http://0.0.0.0:{port}/x"), false);
    assert_eq!(store.requests().len(), 0);
    check("http://127.0.0.1/v1", &format!("http://localhost:{port}/x"), true);
    check("http://localhost/v1", &format!("http://127.0.0.1:{port}/x"), true);
    // Each hop is judged by itself.
    let server = Server::repeat(Reply::redirect(302, "http://169.254.169.254/x"));
    let failure =
        fetch(&settings(&server.base_url()), &Url::parse(&server.base_url()).unwrap(), LONG);
    let failure = failure.err().unwrap().to_string();
    let why = "169.254.169.254 is not fetched: it is on a private network, where the API is not";
    assert_eq!(failure, why);
}
