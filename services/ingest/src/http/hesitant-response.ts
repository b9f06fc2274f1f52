import { type IncomingMessage, ServerResponse } from 'node:http';

/**
 * A response that does not ask for the body by itself: Node would answer `Expect: 100-continue` before we have looked
 * at the request, and a refused sender would send its body for nothing. Whoever wants the body calls `askForBody`.
 */
export class HesitantResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  override writeContinue(): void {
    // Said later, by askForBody.
  }
}

/** Sends `100 Continue` if the sender waits for it. Node has refused every other expectation before. */
export const askForBody = (request: IncomingMessage, response: ServerResponse): void => {
  if (request.headers.expect === undefined || request.httpVersion !== '1.1') return;
  ServerResponse.prototype.writeContinue.call(response);
};
