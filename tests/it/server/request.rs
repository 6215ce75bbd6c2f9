//! Reads a request as it comes in, whole or broken off.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::Received;

/// The next request, or nothing when the client has left between two of them.
pub fn read_request(
    reader: &mut BufReader<&TcpStream>,
    mut stream: &TcpStream,
    connection: usize,
) -> io::Result<Option<Received>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request =
        Received { method, path, headers: vec![], body: vec![], whole: false, connection };
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(Some(request));
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let chunked = request.header("transfer-encoding").is_some();
    let length = request.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    request.whole = if chunked {
        read_chunks(reader, &mut body)
    } else {
        reader.take(length).read_to_end(&mut body).is_ok() && body.len() as u64 == length
    };
    request.body = body;
    Ok(Some(request))
}

/// Reads a chunked body; false when it broke off.
fn read_chunks(reader: &mut BufReader<&TcpStream>, body: &mut Vec<u8>) -> bool {
    loop {
        let mut line = String::new();
        if !reader.read_line(&mut line).is_ok_and(|read| read > 0) {
            return false;
        }
        let Ok(length) = u64::from_str_radix(line.trim_end(), 16) else { return false };
        let start = body.len();
        let whole = reader.take(length).read_to_end(body).is_ok();
        if !whole || (body.len() - start) as u64 != length {
            return false;
        }
        line.clear();
        if !reader.read_line(&mut line).is_ok_and(|read| read > 0) {
            return false;
        }
        if length == 0 {
            return true;
        }
    }
}
