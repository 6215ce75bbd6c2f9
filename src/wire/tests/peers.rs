//! A CONNECT proxy and a SOCKS5 server, small and scripted, that really pass bytes on.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A proxy on loopback, and what it was asked: the head of a CONNECT, or `USER:PASSWORD TARGET`.
pub struct Peer {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    fn start(serve: impl Fn(&TcpStream) -> io::Result<String> + Send + Sync + 'static) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (serve, seen) = (Arc::new(serve), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (serve, seen) = (Arc::clone(&serve), Arc::clone(&seen));
                thread::spawn(move || {
                    let target = serve(&stream)?;
                    seen.lock().unwrap().push(target.clone());
                    let last = target.split_whitespace().nth(1).unwrap_or_default().to_owned();
                    pass_on(stream, TcpStream::connect(last)?)
                });
            }
        });
        Peer { address, asked }
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// A proxy that answers CONNECT with this, and opens the tunnel when it begins with `HTTP/1.1 200`
/// and the credentials are the expected ones (given in base64).
pub fn connect_proxy(answer: &'static str, credentials: Option<&'static str>) -> Peer {
    Peer::start(move |stream| {
        let mut reader = BufReader::with_capacity(1, stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let mut stream = stream;
        if let Some(expected) = credentials
            && !head.contains(&format!("Proxy-Authorization: Basic {expected}\r\n"))
        {
            let wrong = if head.contains("Proxy-Authorization") { 401 } else { 407 };
            write!(stream, "HTTP/1.1 {wrong} No\r\nContent-Length: 2\r\n\r\nno")?;
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        stream.write_all(answer.as_bytes())?;
        if answer.starts_with("HTTP/1.1 200") { Ok(head) } else { Err(io::ErrorKind::Other.into()) }
    })
}

/// A SOCKS5 server that answers with this code, and wants credentials if there are any.
pub fn socks_proxy(code: u8, credentials: Option<(&'static str, &'static str)>) -> Peer {
    Peer::start(move |mut stream| {
        let mut methods = vec![0; usize::from(read::<2>(stream)?[1])];
        stream.read_exact(&mut methods)?;
        let wanted = if credentials.is_some() { 2 } else { 0 };
        if !methods.contains(&wanted) {
            stream.write_all(&[5, 0xff])?;
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        stream.write_all(&[5, wanted])?;
        let mut given = String::new();
        if let Some((user, password)) = credentials {
            read::<1>(stream)?;
            given = format!("{}:{}", read_text(stream)?, read_text(stream)?);
            let refused = given != format!("{user}:{password}");
            stream.write_all(&[1, u8::from(refused)])?;
            if refused {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
        }
        let host = match read::<4>(stream)?[3] {
            1 => std::net::Ipv4Addr::from(read::<4>(stream)?).to_string(),
            3 => read_text(stream)?,
            _ => format!("[{}]", std::net::Ipv6Addr::from(read::<16>(stream)?)),
        };
        let port = u16::from_be_bytes(read::<2>(stream)?);
        stream.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0])?;
        match code {
            0 => Ok(format!("{given}@ {host}:{port}")),
            _ => Err(io::ErrorKind::ConnectionRefused.into()),
        }
    })
}

fn read<const N: usize>(mut stream: &TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_text(mut stream: &TcpStream) -> io::Result<String> {
    let mut bytes = vec![0; usize::from(read::<1>(stream)?[0])];
    stream.read_exact(&mut bytes)?;
    Ok(String::from_utf8(bytes).unwrap())
}

/// Copies both ways until both have ended.
fn pass_on(near: TcpStream, far: TcpStream) -> io::Result<()> {
    let (mut near_in, mut far_out) = (near.try_clone()?, far.try_clone()?);
    let up = thread::spawn(move || {
        let _ = io::copy(&mut near_in, &mut far_out);
        let _ = far_out.shutdown(std::net::Shutdown::Write);
    });
    let (mut far_in, mut near_out) = (far, near);
    let _ = io::copy(&mut far_in, &mut near_out);
    let _ = near_out.shutdown(std::net::Shutdown::Both);
    up.join().map_err(|_| io::ErrorKind::Other)?;
    Ok(())
}
