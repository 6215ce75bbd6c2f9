use super::*;

#[test]
fn an_id_leads_nowhere_else() {
    for good in ["batch_abc", "file-abc", "batch_6f.1:2", "1"] {
        assert_eq!(Id::read(good).map(|id| id.to_string()).as_deref(), Some(good));
    }
    let long = "x".repeat(201);
    for bad in ["", ".", "..", "a/b", "a?b", "a b", "a#b", "%2e", "é", "a\n", &long] {
        assert_eq!(Id::read(bad), None, "{bad:?}");
    }
}

#[test]
fn a_batch_says_how_far_it_is() {
    for (status, state) in [
        ("validating", State::Going),
        ("in_progress", State::Going),
        ("finalizing", State::Going),
        ("cancelling", State::Going),
        ("a new word", State::Going),
        ("completed", State::Completed),
        ("failed", State::Failed),
        ("expired", State::Expired),
        ("cancelled", State::Cancelled),
    ] {
        let body = format!(
            r#"{{"id":"b1","status":"{status}","input_file_id":"f1","output_file_id":null,
                "request_counts":{{"total":3,"completed":2}},"created_at":10,"expired_at":70}}"#
        );
        let batch = batch(body.as_bytes()).unwrap();
        assert_eq!(batch.state(), state);
        assert_eq!(batch.counts(), Counts { total: 3, completed: 2, failed: 0 });
        assert_eq!(batch.seconds(), 60);
        assert_eq!(batch.errors(), "");
    }
}

#[test]
fn a_batch_says_why_it_failed() {
    let body = br#"{"id":"b1","status":"failed","input_file_id":"f1","errors":{"data":[
        {"code":"c1","message":"one\n thing","line":3,"param":null},{"message":"another"},
        {"code":"c3"},{"code":"c4"},{"code":"c5"}]}}"#;
    assert_eq!(batch(body).unwrap().errors(), "line 3: one thing [c1]; another; c3; and 2 more");
}

#[test]
fn what_is_no_batch_is_told() {
    for (body, why) in [
        ("{}", "the server's answer cannot be read: it is JSON of another kind (line 1, column 2)"),
        (r#"{"error":{"message":"m"}}"#, "the server reports an error: m"),
        ("", "the server's answer cannot be read: it is empty"),
    ] {
        assert_eq!(batch(body.as_bytes()).unwrap_err().to_string(), why);
    }
    assert!(batch(br#"{"id":"../x","status":"failed","input_file_id":"f"}"#).is_err());
    assert!(file(br#"{"id":"a/b"}"#).is_err());
    assert_eq!(file(br#"{"id":"f-1","bytes":3}"#).unwrap().as_str(), "f-1");
}

#[test]
fn a_page_keeps_each_batch_as_it_was_sent() {
    let one = r#"{"id":"b1", "status":"x","input_file_id":"f1","extra":1.50}"#;
    let body = format!(r#"{{"object":"list","data":[{one}],"has_more":true}}"#);
    let page = page(body.as_bytes()).unwrap();
    assert!(page.more);
    assert_eq!(page.batches[0].0.get(), one);
    assert_eq!(page.batches[0].1.id.as_str(), "b1");
}

#[test]
fn a_line_is_an_answer_or_tells_why_there_is_none() {
    #[track_caller]
    fn check(rest: &str, expected: Result<&str, &str>) {
        let line = line(format!(r#"{{"custom_id":"a",{rest}}}"#).as_bytes()).unwrap();
        assert_eq!(line.custom_id, "a");
        let found = line.answer.as_ref().map(|body| body.get()).map_err(Refused::to_string);
        assert_eq!(found, expected.map_err(str::to_owned));
    }
    check(r#""response":{"status_code":200,"body":{"a": 1}},"error":null"#, Ok(r#"{"a": 1}"#));
    check(r#""response":{"body":{}}"#, Ok("{}"));
    check(
        r#""response":{"status_code":400,"body":{"error":{"message":"bad","code":"c"}}}"#,
        Err("answered 400: bad [c]"),
    );
    check(r#""response":{"status_code":500,"body":null},"error":null"#, Err("answered 500"));
    check(
        r#""response":null,"error":{"code":"batch_expired","message":"too late"}"#,
        Err("too late [batch_expired]"),
    );
    check(r#""response":null,"error":null"#, Err("no answer"));
    check(r#""x":1"#, Err("no answer"));
    for bad in [r#"{"response":null}"#, r#"{"custom_id":3}"#, "", "[]", r#"{"custom_id":"a""#] {
        assert!(line(bad.as_bytes()).is_err(), "{bad}");
    }
}
