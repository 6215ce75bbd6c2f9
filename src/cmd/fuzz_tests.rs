//! Messages and records at random, as files and standard input bring them.

use super::messages;
use super::records::Records;
use crate::account::{body, models};
use crate::exit::{Exit, code};
use crate::mutate::{check, check_text};

const MESSAGES: [&str; 4] = [
    r#"[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}}]}]"#,
    "{\"role\":\"user\",\"content\":\"a\",\"name\":\"n\"}\n\n{\"role\":\"assistant\",\"content\":null}\n",
    r#"[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f",
        "arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"r"}]"#,
    r#"{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"","format":"wav"}}]}"#,
];

#[test]
fn messages_are_read_or_the_file_is_named() {
    let model = models::find("gpt-4o");
    check_text(&MESSAGES, 3000, |text| match messages::parse(text, "a-file") {
        Ok(read) => {
            assert!(!read.is_empty() && read.iter().all(|message| message["role"].is_string()));
            let again = serde_json::Value::from(read.clone()).to_string();
            assert_eq!(messages::parse(&again, "a-file").unwrap(), read);
            // Whatever can be read can be counted, or is refused.
            let body = serde_json::json!({"model": "gpt-4o", "messages": read});
            if let Err(why) = body::chat(&model, &body) {
                assert!(!why.to_string().contains('\n'));
            }
        }
        Err(error) => {
            assert_eq!(code(&error), Exit::Usage);
            let told = error.to_string();
            assert!(told.starts_with("a-file: ") && !told.contains('\n'), "{told}");
        }
    });
}

#[test]
fn records_are_read_or_told_by_number() {
    let examples: [&[u8]; 3] = [
        b"{\"prompt\":\"p\",\"id\":\"x\"}\n{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n",
        b"one\r\ntwo\n\nthree",
        b"one\0two\n\0\0",
    ];
    check(&examples, 2000, |input| {
        for records in [Records::Lines, Records::Null, Records::Json] {
            let (mut rest, mut bytes, mut index) = (input, Vec::new(), 0);
            while records.next(&mut rest, &mut bytes).unwrap() {
                index += 1;
                match records.read(&bytes, index) {
                    Ok(record) => assert_eq!(record.index, index),
                    Err(error) => {
                        assert_eq!(code(&error), Exit::Usage);
                        assert!(error.to_string().starts_with(&format!("record {index}: ")));
                    }
                }
            }
            assert!(rest.is_empty());
        }
    });
}
