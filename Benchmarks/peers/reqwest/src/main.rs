//! reqwest, on tokio's current-thread or default runtime: what a Rust programmer would write.

use std::{collections::HashMap, time::Instant};

use futures_util::future::join_all;
use reqwest::{Certificate, Client, Version};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let options: HashMap<&str, &str> = words
        .chunks(2)
        .map(|pair| (pair[0].trim_start_matches('-'), pair.get(1).map_or("", |value| value.as_str())))
        .collect();
    let number = |name: &str| options[name].parse::<usize>().expect("a number");
    let (requests, concurrency, warm_up) = (number("requests"), number("concurrency"), number("warm-up"));
    let mode = options["mode"];

    let mut builder = match mode {
        "current-thread" => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = builder.enable_all().build().expect("a runtime");
    let peer = Peer::new(options["url"], options["token"], options.get("ca").copied(), concurrency);

    let bad = runtime.block_on(peer.run(warm_up));
    let (before, start) = (usage(), Instant::now());
    let bad = bad + runtime.block_on(peer.run(requests));
    let (wall, after) = (start.elapsed().as_secs_f64(), usage());

    println!(
        "{{\"mode\":\"reqwest-{mode}\",\"requests\":{requests},\"concurrency\":{concurrency},\
         \"cpu_seconds\":{},\"context_switches\":{},\"wall_seconds\":{wall},\"max_rss_kb\":{},\"bad\":{bad}}}",
        after.0 - before.0,
        after.1 - before.1,
        max_rss(),
    );
}

#[derive(Clone)]
struct Peer {
    client: Client,
    url: String,
    token: String,
    version: Version,
    concurrency: usize,
}

impl Peer {
    fn new(url: &str, token: &str, ca: Option<&str>, concurrency: usize) -> Peer {
        let mut builder = Client::builder().pool_max_idle_per_host(concurrency);
        if let Some(path) = ca {
            let pem = std::fs::read(path).expect("a readable certificate");
            builder = builder.add_root_certificate(Certificate::from_pem(&pem).expect("a certificate"));
        }
        Peer {
            client: builder.build().expect("a client"),
            url: url.to_owned(),
            token: token.to_owned(),
            version: if url.starts_with("https:") { Version::HTTP_2 } else { Version::HTTP_11 },
            concurrency,
        }
    }

    async fn run(&self, total: usize) -> usize {
        let lanes = (0..self.concurrency).map(|lane| {
            let peer = self.clone();
            let share = total / self.concurrency + usize::from(lane < total % self.concurrency);
            tokio::spawn(async move {
                let mut bad = 0;
                for _ in 0..share {
                    bad += usize::from(!peer.get().await.unwrap_or(false));
                }
                bad
            })
        });
        join_all(lanes).await.into_iter().map(|bad| bad.unwrap_or(total)).sum()
    }

    async fn get(&self) -> reqwest::Result<bool> {
        let response = self.client.get(&self.url).bearer_auth(&self.token).send().await?;
        let right = response.status() == 200 && response.version() == self.version;
        Ok(!response.bytes().await?.is_empty() && right)
    }
}

/// CPU seconds and context switches so far.
fn usage() -> (f64, i64) {
    // SAFETY: an all-zero `rusage` is valid, and the call fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_nvcsw + usage.ru_nivcsw)
}

fn max_rss() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse().ok()
        })
        .unwrap_or(0)
}
