//! A piece that outgrew the counter's buffer: its characters are looked at one by one and go to
//! a `Run`, until one comes that ends it. Where the end of the piece depends on how the run of
//! characters ends, both possibilities are counted.

use super::classes::{BREAK, Class, LETTER, LOWER, NUMBER, SPACE, UPPER, WHITE, class_at};
use super::pattern::{Pattern, SYMBOL, WORD, contraction};
use super::run::Run;
use super::vocabulary::Vocabulary;

/// As many bytes as must follow a character for it and a contraction after it to be known.
pub const LOOKAHEAD: usize = 8;

/// What the piece is made of.
#[derive(Clone, Copy)]
enum Kind {
    /// Bytes that are not UTF-8.
    Broken,
    /// Characters of these classes.
    Plain(Class),
    /// Symbols, and once a line break has come, line breaks.
    Symbols { breaks: bool },
    /// A word of `O200k`. Until a small letter comes, it may turn out to end after the last
    /// letter without case.
    Word { small: bool },
    /// White space, which may turn out to end after the last line break.
    White,
}

enum Verdict {
    Belongs,
    /// Belongs, and the piece may turn out to end after it.
    MayEnd,
    Ends,
}

pub struct Long {
    vocabulary: &'static Vocabulary,
    pattern: Pattern,
    kind: Kind,
    /// What was not looked at yet.
    pending: Vec<u8>,
    whole: Run,
    /// The tokens up to the place where the piece may end, and what came after it.
    parts: Option<(u64, Run)>,
    /// How many characters came after that place.
    after: u64,
    last_character: Vec<u8>,
}

/// The tokens of what has ended, and the bytes after that.
pub struct Ended {
    pub tokens: u64,
    pub rest: Vec<u8>,
}

impl Long {
    /// For the piece that starts with these bytes, of which there are many.
    pub fn new(vocabulary: &'static Vocabulary, pattern: Pattern, start: &[u8]) -> Self {
        let (kind, before) = kind_of(pattern, start);
        let mut whole = Run::new(vocabulary);
        whole.push(&start[..before]);
        Self {
            vocabulary,
            pattern,
            kind,
            pending: start[before..].to_vec(),
            whole,
            parts: None,
            after: 0,
            last_character: Vec::new(),
        }
    }

    /// Takes the next bytes; says so when the piece has ended in them.
    pub fn push(&mut self, bytes: &[u8]) -> Option<Ended> {
        self.pending.extend_from_slice(bytes);
        self.advance(LOOKAHEAD)
    }

    /// Nothing follows.
    pub fn finish(mut self) -> Ended {
        self.advance(0).unwrap_or_else(|| self.end(0))
    }

    /// Looks at what is pending, but for the last few bytes.
    fn advance(&mut self, lookahead: usize) -> Option<Ended> {
        let mut at = 0;
        let mut may_end = None;
        let mut last = 0..0;
        let mut ended = None;
        while at + lookahead < self.pending.len() {
            let (class, length) = class_at(&self.pending, at);
            let verdict = self.verdict(class, self.pending[at]);
            if let Verdict::Ends = verdict {
                ended = Some(class);
                break;
            }
            last = at..at + length.max(1);
            at = last.end;
            self.after += 1;
            if let Verdict::MayEnd = verdict {
                may_end = Some(at);
                self.after = 0;
            }
        }
        if !last.is_empty() {
            self.last_character.clear();
            self.last_character.extend_from_slice(&self.pending[last]);
        }
        self.take(at, may_end);
        ended.map(|class| self.end(class))
    }

    fn verdict(&mut self, class: Class, byte: u8) -> Verdict {
        let belongs = match &mut self.kind {
            Kind::Broken => class == 0,
            Kind::Plain(classes) => class & *classes != 0,
            Kind::Symbols { breaks } => {
                *breaks |= class == BREAK && self.pattern != Pattern::R50k;
                match *breaks {
                    true => class == BREAK || self.pattern == Pattern::O200k && byte == b'/',
                    false => class & SYMBOL != 0,
                }
            }
            Kind::Word { small } => {
                *small |= class == LOWER;
                if class & WORD & !(UPPER | LOWER) != 0 && !*small {
                    return Verdict::MayEnd;
                }
                class & WORD != 0 && !(*small && class == UPPER)
            }
            Kind::White => {
                if class == BREAK && self.pattern != Pattern::R50k {
                    return Verdict::MayEnd;
                }
                class & WHITE != 0
            }
        };
        if belongs { Verdict::Belongs } else { Verdict::Ends }
    }

    /// Moves the first bytes from `pending` to the runs.
    fn take(&mut self, end: usize, may_end: Option<usize>) {
        let mut start = 0;
        if let Some(place) = may_end {
            self.whole.push(&self.pending[..place]);
            self.parts = Some((self.whole.tokens(), Run::new(self.vocabulary)));
            start = place;
        }
        self.whole.push(&self.pending[start..end]);
        if let Some((_, after)) = &mut self.parts {
            after.push(&self.pending[start..end]);
        }
        self.pending.drain(..end);
    }

    /// The piece ends before what is pending, which starts with a character of this class.
    fn end(&mut self, class: Class) -> Ended {
        let mut rest = std::mem::take(&mut self.pending);
        let tokens = match self.kind {
            Kind::White => {
                let last = std::mem::take(&mut self.last_character);
                let tokens = self.white_tokens(class == 0, last.len());
                if tokens.1 {
                    rest.splice(0..0, last);
                }
                tokens.0
            }
            Kind::Word { small } => {
                let contraction = contraction(&rest, 0, true).unwrap_or(0);
                let contraction: Vec<u8> = rest.drain(..contraction).collect();
                match &mut self.parts {
                    Some((before, after)) if !small && self.after > 0 => {
                        after.push(&contraction);
                        *before + after.tokens()
                    }
                    _ => {
                        self.whole.push(&contraction);
                        self.whole.tokens()
                    }
                }
            }
            Kind::Broken | Kind::Plain(_) | Kind::Symbols { .. } => self.whole.tokens(),
        };
        Ended { tokens, rest }
    }

    /// The tokens of white space, and whether its last character is left to what follows.
    fn white_tokens(&mut self, at_end: bool, last: usize) -> (u64, bool) {
        match &mut self.parts {
            _ if at_end && self.pattern != Pattern::O200k => (self.whole.tokens(), false),
            Some((before, after)) if at_end || self.after == 0 => (*before + after.tokens(), false),
            Some((before, after)) => (*before + after.tokens_but(last), true),
            None if at_end => (self.whole.tokens(), false),
            None => (self.whole.tokens_but(last), true),
        }
    }
}

/// What the piece is made of that starts with this text, after how many bytes of another kind.
fn kind_of(pattern: Pattern, text: &[u8]) -> (Kind, usize) {
    let (class, length) = class_at(text, 0);
    let (next, _) = class_at(text, length);
    let word = match pattern {
        Pattern::O200k => (WORD, Kind::Word { small: false }),
        Pattern::R50k | Pattern::Cl100k => (LETTER, Kind::Plain(LETTER)),
    };
    let may_precede_word = match pattern {
        Pattern::R50k => text[0] == b' ',
        Pattern::Cl100k | Pattern::O200k => class & (SPACE | SYMBOL) != 0,
    };
    if class == 0 {
        (Kind::Broken, 0)
    } else if class & word.0 != 0 {
        (word.1, 0)
    } else if may_precede_word && next & word.0 != 0 {
        (word.1, length)
    } else if class == NUMBER {
        (Kind::Plain(NUMBER), 0)
    } else if text[0] == b' ' && next == NUMBER && pattern == Pattern::R50k {
        (Kind::Plain(NUMBER), length)
    } else if class & SYMBOL != 0 {
        (Kind::Symbols { breaks: false }, 0)
    } else if text[0] == b' ' && next & SYMBOL != 0 {
        (Kind::Symbols { breaks: false }, length)
    } else {
        (Kind::White, 0)
    }
}
