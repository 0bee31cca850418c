/** socket.io over one web socket, as much of it as we use: events both ways, acknowledgements, coming back by itself. */

type Handler = (data: never) => void;
type Waiting = (answer: unknown) => void;

const OPEN_WITHIN = 8000;
const FIRST_DELAY = 500;
const LONGEST_DELAY = 5000;
/** After the server showed us out. */
const SHOWN_OUT_DELAY = 2000;

export class Transport {
  private line: WebSocket | null = null;
  private readonly handlers = new Map<string, Handler>();
  private readonly waiting = new Map<number, Waiting>();
  private number = 0;
  private tries = 0;
  private retry = 0;
  private heart = 0;
  private closed = false;
  private readonly url: string;

  /** `hello`: what is told at each connection; `lost`: the line is gone, or did not come. */
  constructor(
    server: string,
    private readonly hello: () => unknown,
    private readonly lost: () => void,
  ) {
    this.url = `${server.replace(/^http/, "ws")}/chat/live/?EIO=4&transport=websocket`;
  }

  on<T>(event: string, handler: (data: T) => void): void {
    this.handlers.set(event, handler as Handler);
  }

  /** Connects now, unless it is connected. */
  connect(): void {
    clearTimeout(this.retry);
    if (this.closed || this.line) return;
    let line: WebSocket;
    try {
      line = new WebSocket(this.url);
    } catch {
      return this.again();
    }
    this.line = line;
    this.beat(OPEN_WITHIN);
    line.onmessage = (event) => this.line === line && this.read(String(event.data));
    line.onclose = () => this.drop(line);
  }

  /** Sends an event; the acknowledgement, or `undefined` where none comes in time. */
  send<T>(event: string, data: unknown, within: number): Promise<T | undefined> {
    return new Promise((resolve) => {
      const number = (this.number += 1);
      const done = (answer: unknown): void => {
        if (this.waiting.delete(number)) resolve(answer as T | undefined);
      };
      this.waiting.set(number, done);
      setTimeout(() => done(undefined), within);
      if (this.line?.readyState === WebSocket.OPEN) this.line.send(`42${number}${JSON.stringify([event, data])}`);
    });
  }

  /** The network is gone: the line is dead, and tried anew. */
  cut(): void {
    this.drop(this.line);
  }

  /** For good. */
  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    clearTimeout(this.heart);
    this.line?.close();
    this.line = null;
  }

  private read(frame: string): void {
    const found = /^4([23])(\d*)(\[.*)$/s.exec(frame);
    if (frame[0] === "0") {
      const { pingInterval = 0, pingTimeout = 0 } = JSON.parse(frame.slice(1)) as Record<string, number>;
      this.silence = pingInterval + pingTimeout;
      this.line?.send(`40${JSON.stringify(this.hello())}`);
    } else if (frame === "2") this.line?.send("3");
    else if (frame.startsWith("40")) this.tries = 0;
    else if (frame.startsWith("44")) this.drop(this.line);
    else if (frame === "41") this.drop(this.line, SHOWN_OUT_DELAY);
    else if (found?.[1] === "3") this.waiting.get(Number(found[2]))?.((JSON.parse(found[3] as string) as unknown[])[0]);
    else if (found) {
      const [event, data] = JSON.parse(found[3] as string) as [string, never];
      this.handlers.get(event)?.(data);
    }
    this.beat(this.silence);
  }

  private silence = OPEN_WITHIN;

  /** A line that says nothing for so long is dead, whatever the browser believes. */
  private beat(within: number): void {
    clearTimeout(this.heart);
    const line = this.line;
    this.heart = window.setTimeout(() => this.drop(line), within);
  }

  private drop(line: WebSocket | null, delay?: number): void {
    if (!line || this.line !== line) return;
    this.line = null;
    clearTimeout(this.heart);
    line.close();
    this.again(delay);
  }

  private again(delay = Math.min(FIRST_DELAY * 2 ** this.tries, LONGEST_DELAY) * (0.75 + Math.random() / 2)): void {
    this.tries += 1;
    if (this.closed) return;
    this.retry = window.setTimeout(() => this.connect(), delay);
    this.lost();
  }
}
