//! The inputs, the same on every machine: prose and code are what the sources of this program's
//! dependencies hold, as many times over as it takes; the rest is made from a seed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Make = fn(usize) -> Vec<u8>;

/// Name, size in millions of bytes, and how it is made.
pub const ALL: [(&str, usize, Make); 5] = [
    ("english", 100, english),
    ("code", 100, code),
    ("json", 30, json),
    ("russian", 7, russian),
    ("chinese", 15, chinese),
];

/// The Markdown of the dependencies: read-me files and change logs, mostly English prose.
fn english(size: usize) -> Vec<u8> {
    sources("md", size)
}

/// The Rust sources of the dependencies.
fn code(size: usize) -> Vec<u8> {
    sources("rs", size)
}

/// Log records, an object a line.
fn json(size: usize) -> Vec<u8> {
    let mut random = Random(7);
    let mut text = Vec::new();
    while text.len() < size {
        let (id, ms, status) = (random.below(1 << 40), random.below(3000), random.below(600));
        let word = ENGLISH.split(' ').nth(random.below(60)).unwrap_or("none");
        let line = format!(
            "{{\"id\": \"{id:010x}\", \"ms\": {ms}.{}, \"status\": {status}, \"path\": \"/api/v2/{word}/{}\", \
             \"ok\": {}, \"tags\": [\"{word}\", \"eu-{}\"], \"message\": \"request {word} took {ms} ms\"}}\n",
            id % 1000,
            id % 9973,
            ms < 900,
            id % 3,
        );
        text.extend(line.bytes());
    }
    text.truncate(size);
    text
}

/// Words by Zipf's law, with endings: about ten thousand different ones.
fn russian(size: usize) -> Vec<u8> {
    let stems: Vec<&str> = RUSSIAN.split(' ').collect();
    let endings = ["", "а", "ов", "ами", "ый", "ого", "ение", "ить", "ает", "ться", "ной", "ки"];
    let mut random = Random(8);
    words(size, " ", || {
        let stem = stems[random.often_low(stems.len())];
        format!("{stem}{}", endings[random.often_low(endings.len())])
    })
}

/// Characters by Zipf's law, in clauses.
fn chinese(size: usize) -> Vec<u8> {
    let characters: Vec<char> = CHINESE.chars().collect();
    let mut random = Random(9);
    words(size, "", || characters[random.often_low(characters.len())].to_string())
}

/// Words in sentences of about fifteen, paragraphs of about six sentences.
fn words(size: usize, blank: &str, mut word: impl FnMut() -> String) -> Vec<u8> {
    let (comma, stop) = if blank.is_empty() { ("，", "。") } else { (", ", ". ") };
    let mut random = Random(10);
    let mut text = String::new();
    while text.len() < size {
        text.push_str(&word());
        text.push_str(match random.below(90) {
            0..=4 => comma,
            5..=9 => stop,
            10 => "\n\n",
            _ => blank,
        });
    }
    let mut text = text.into_bytes();
    text.truncate(size);
    whole(text)
}

/// The last character may be cut off; a blank for each byte of it keeps the size.
fn whole(mut text: Vec<u8>) -> Vec<u8> {
    if let Err(error) = std::str::from_utf8(&text) {
        let valid = error.valid_up_to();
        text[valid..].fill(b' ');
    }
    text
}

fn sources(extension: &str, size: usize) -> Vec<u8> {
    let mut files = Vec::new();
    for package in packages() {
        find(&package, extension, &mut files);
    }
    files.sort();
    let mut once = Vec::new();
    for file in files {
        // The generated tables of some crates are neither prose nor what people call code.
        let text = fs::read_to_string(file).unwrap_or_default();
        if text.len() < 200_000 {
            once.extend(text.bytes());
        }
    }
    whole(once.into_iter().cycle().take(size).collect())
}

/// Where cargo keeps the sources of the dependencies.
fn packages() -> Vec<PathBuf> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline"];
    let output = Command::new(env!("CARGO")).args(arguments).output().expect("cargo runs");
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let manifest =
        |package: &serde_json::Value| package["manifest_path"].as_str().map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders =
        packages.iter().filter_map(manifest).filter_map(|file| file.parent().map(Path::to_owned));
    folders.filter(|folder| folder != own).collect()
}

fn find(directory: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, extension, files);
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
}

/// What has no boundary, or nothing else.
pub fn unbroken(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let repeated = |text: &str| text.bytes().cycle().take(size / text.len() * text.len()).collect();
    let mut random = Random(11);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let base64 = (0..size).map(|_| alphabet[random.below(64)]).collect();
    vec![
        ("'a'", repeated("a")),
        ("spaces", repeated(" ")),
        ("line breaks", repeated("\n")),
        ("one Chinese character", repeated("中")),
        ("emoji with joiners", repeated("👩\u{200d}👩\u{200d}👧\u{200d}👦")),
        ("base64", base64),
    ]
}

/// A small generator of numbers (xorshift), the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or(0)
    }

    /// A number below `limit`: the n-th about half as often as the one at half its place.
    fn often_low(&mut self, limit: usize) -> usize {
        let highest = self.below(limit) + 1;
        self.below(highest)
    }
}

const ENGLISH: &str = "users orders items search login report export import cache queue worker \
    session token model prompt reply budget ledger price batch image audio video upload download \
    status health metrics events alerts rules teams roles groups files pages forms links tags \
    notes tasks jobs runs logs traces spans nodes hosts zones keys certs hooks feeds polls votes \
    carts plans taxes";

const RUSSIAN: &str = "и в не на что он как это по но из у за от так о бы все год день время рук \
    дел жизн человек город дом мир слов мест вод глаз друг стран вопрос сторон час голов ребён сил \
    конец вид систем част работ врем закон случа земл машин вод отец проблем развит решен государств \
    прав власт войн истор книг письм школ учител студент наук университет компани рынок цен деньг \
    банк договор производств завод фабрик рабоч инженер строительств улиц площад дорог поезд самолёт \
    корабл мор рек озер лес пол гор небо солнц звезд ветер дожд снег зим весн лет осен утр вечер ноч \
    хлеб мяс рыб молок сыр масл сахар сол чай кофе вин пив бел чёрн красн син зелён жёлт больш \
    маленьк высок низк длинн коротк нов стар молод хорош плох красив добр злой умн глуп сильн слаб \
    быстр медленн тёпл холодн горяч говор дум зна вид слыш чувств понима писа чита игра пе танц \
    ход бег лет плав стро лома дела нач конч откры закры купи прода плати счита учи помога люби";

const CHINESE: &str = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发\
    后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无\
    力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制\
    身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更\
    别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五\
    基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切\
    院让识候带导争运笔份照片服";
