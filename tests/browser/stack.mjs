// The demonstration, as somebody would start it, with a port and a folder of its own; and a way to reload its nginx, to
// read its mails and its log, and to end it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = new URL("../../", import.meta.url).pathname;

// Asks again and again until `ask` gives something, and says what it waited for when it never does.
export async function until(what, ask, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// A port that nobody else has as long as this process lives.
async function free_port() {
  const holder = spawn("/usr/bin/python3", ["-B", join(root, "tests/ports/free_ports.py")], { stdio: ["pipe", "pipe", "inherit"] });
  holder.unref();
  const [bytes] = await once(holder.stdout, "data");
  holder.stdout.destroy();
  holder.stdin.unref();
  return Number(bytes);
}

export async function start(build, server = "nginx") {
  const folder = await mkdtemp(join(tmpdir(), "doorward-story-"));
  await chmod(folder, 0o755); // nginx's workers, who may be somebody else, have to get in
  const place = join(folder, "demo");
  const port = await free_port();
  const words = ["--build", build, "--folder", place, "--port", String(port)];
  if (server === "apache") words.push("--apache");
  const child = spawn(join(root, "config/demo"), words, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  child.stderr.on("data", (bytes) => (said += bytes));
  let ended = false;
  const exit = new Promise((resolve) => child.on("exit", (code) => ((ended = true), resolve(code))));

  const stack = {
    url: `http://localhost:${port}`,
    log: () => readFile(join(place, server, "error.log"), "utf8"),
    async stop() {
      if (!ended) child.kill("SIGINT");
      const code = await exit;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
    // A mail to this address whose subject matches, that the terminal shows and that has not been given out before.
    async mail(address, subject) {
      return until(`a mail to ${address} about ${subject}`, async () => {
        const mails = (await readFile(join(place, "mail.txt"), "utf8")).split(/^-{20,}.*$/m);
        for (const mail of mails) {
          const is_it = mail.includes(`<${address}>`) && subject.test(mail.match(/^Subject: (.*)$/m)?.[1] ?? "");
          if (is_it && said.includes(mail.trim()) && !given_out.has(mail)) {
            given_out.add(mail);
            const link = mail.match(/^https?:\S+$/m)?.[0];
            const code = mail.match(/code.*: (\d{4,})$/m)?.[1];
            return { text: mail, link, code };
          }
        }
        return null;
      });
    },
    async workers() {
      const master = Number(await readFile(join(place, server, `${server}.pid`), "utf8"));
      const tasks = await readFile(`/proc/${master}/task/${master}/children`, "utf8");
      return { master, workers: tasks.trim().split(" ").filter(Boolean) };
    },
    // nginx -s reload or apachectl graceful, and the old workers are gone. One that has a connection on which nothing was asked
    // yet, as browsers open them in advance, stays for nginx's client_header_timeout: a minute.
    async reload() {
      const before = await stack.workers();
      process.kill(before.master, server === "apache" ? "SIGUSR1" : "SIGHUP");
      await until("new workers", async () => {
        const { workers } = await stack.workers();
        return workers.length >= 2 && !workers.some((pid) => before.workers.includes(pid));
      }, 90);
    },
    async folders() {
      return readdir(place);
    },
  };
  const given_out = new Set();

  try {
    await until("the demonstration", () => said.includes("Ctrl-C ends it. Mails:") || ended, 60);
    if (ended) throw new Error("config/demo ended");
    const lines = said.split("\n").map((line) => line.trim());
    const at = lines.findIndex((line) => line.startsWith("Administrator"));
    stack.administrator = { email: lines[at + 1], password: lines[at + 2] };
  } catch (error) {
    await stack.stop();
    throw new Error(`${error.message}; it said:\n${said}`);
  }
  return stack;
}
