//! A real HTTP/1.1 server on loopback: it answers from a script, with the faults a test asks for,
//! and remembers every request. It knows nothing of the program it serves.
#![allow(dead_code)] // Each test program that includes this file uses a part of it.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

#[path = "server/gate.rs"] // Spelt out, for this file is included from two places.
mod gate;
#[path = "server/reply.rs"]
mod reply;
#[path = "server/request.rs"]
mod request;
#[cfg(test)]
#[path = "server/tests.rs"]
mod tests;

pub use gate::Gate;
pub use reply::Reply;
use reply::{Ending, Framing};
use request::read_request;

/// How long a test waits for something that must happen before it calls itself broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// The running server. Dropping it closes every connection and lets go of everything held.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// A request as it came in. `whole` is false when the client left before its end.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: String,
    /// Path and query, as sent: absolute when the client takes us for a proxy.
    pub path: String,
    /// Names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub whole: bool,
    /// Which connection it came on, from 0: equal numbers are a connection used again.
    pub connection: usize,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("the body is UTF-8")
    }
}

impl Server {
    /// One reply a request, in order; a request too many gets a 500 that says "unscripted".
    pub fn start(script: Vec<Reply>) -> Server {
        let mut script = VecDeque::from(script);
        let unscripted = r#"{"error":{"message":"unscripted request"}}"#;
        Server::answer(move |_, _| {
            script.pop_front().unwrap_or_else(|| Reply::json(500, unscripted))
        })
    }

    /// The same reply to every request.
    pub fn repeat(reply: Reply) -> Server {
        Server::answer(move |_, _| reply.clone())
    }

    /// A reply made for each request; the first argument counts them from 0.
    pub fn answer(choose: impl FnMut(usize, &Received) -> Reply + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            state: Mutex::new(State { choose: Box::new(choose), ..State::default() }),
            changed: Condvar::new(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &accepting));
        Server { address, shared }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT/v1`
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every request so far, in the order in which they were read.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.lock().requests.clone()
    }

    /// Waits until `count` requests have come in, and returns them.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        let (state, timeout) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), PATIENCE, |s| s.requests.len() < count)
            .unwrap_or_else(PoisonError::into_inner);
        let seen = state.requests.len();
        assert!(!timeout.timed_out(), "{seen} of {count} requests came");
        state.requests.clone()
    }

    /// Waits until `count` connections were closed, by either side.
    #[track_caller]
    pub fn wait_closed(&self, count: usize) {
        let (state, timeout) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), PATIENCE, |s| s.closed < count)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "{} of {count} connections were closed", state.closed);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stopped = true;
        for gate in &state.gates {
            gate.open();
        }
        for stream in state.streams.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(state);
        self.shared.changed.notify_all();
        let _ = TcpStream::connect(self.address); // wakes the accepting thread
    }
}

/// A base URL on loopback where nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr().expect("a bound socket has an address");
    format!("http://{address}/v1")
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

type Choose = dyn FnMut(usize, &Received) -> Reply + Send;

struct State {
    choose: Box<Choose>,
    requests: Vec<Received>,
    streams: BTreeMap<usize, TcpStream>,
    gates: Vec<Gate>,
    closed: usize,
    stopped: bool,
}

impl Default for State {
    fn default() -> State {
        State {
            choose: Box::new(|_, _| Reply::raw("")),
            requests: Vec::new(),
            streams: BTreeMap::new(),
            gates: Vec::new(),
            closed: 0,
            stopped: false,
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the server is dropped.
    fn hold(&self) {
        let state = self.lock();
        let waited = self.changed.wait_while(state, |state| !state.stopped);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (connection, stream) in listener.incoming().enumerate() {
        let Ok(stream) = stream else { continue };
        let mut state = shared.lock();
        if state.stopped {
            return;
        }
        state.streams.extend(stream.try_clone().map(|clone| (connection, clone)));
        drop(state);
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            let _ = serve(&stream, connection, &shared);
            let _ = stream.shutdown(Shutdown::Both);
            let mut state = shared.lock();
            state.streams.remove(&connection);
            state.closed += 1;
            drop(state);
            shared.changed.notify_all();
        });
    }
}

/// Answers one connection's requests until either side has enough of it.
fn serve(stream: &TcpStream, connection: usize, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader, stream, connection)? {
        let mut state = shared.lock();
        let index = state.requests.len();
        let whole = request.whole;
        let reply = (state.choose)(index, &request);
        state.gates.extend(reply.before.clone());
        state.gates.extend(reply.between.clone());
        if state.stopped {
            return Ok(());
        }
        state.requests.push(request);
        drop(state);
        shared.changed.notify_all();
        if !whole || !send(stream, &reply, shared)? {
            return Ok(());
        }
    }
    Ok(())
}

/// Writes the reply, and says whether the connection may be used again.
fn send(mut stream: &TcpStream, reply: &Reply, shared: &Shared) -> io::Result<bool> {
    if let Some(gate) = &reply.before {
        gate.pass();
    }
    let mut left = reply.end.map_or(usize::MAX, |(bytes, _)| bytes);
    for step in reply.steps() {
        for _ in 0..step.times {
            if let Some(gate) = &step.gate {
                gate.pass();
            }
            let bytes = &step.bytes[..step.bytes.len().min(left)];
            stream.write_all(bytes)?;
            if reply.end.is_some() {
                left -= bytes.len();
            }
            if left == 0 {
                if reply.end.is_some_and(|(_, ending)| ending == Ending::Hold) {
                    shared.hold();
                }
                return Ok(false);
            }
        }
    }
    Ok(reply.framing != Framing::Raw)
}
