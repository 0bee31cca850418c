declare module "govuk-frontend/dist/govuk/components/exit-this-page/exit-this-page.mjs" {
  /** What we use of it; the package brings no types. */
  export class ExitThisPage {
    constructor(root: Element, config?: { i18n?: Record<string, string> });
    static checkSupport(): void;
    exitPage(): void;
  }
}
