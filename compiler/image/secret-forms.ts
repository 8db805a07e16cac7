/** A text that is a secret and hardly anything else: its issuer gave it a mark of its own. */
export interface SecretForm {
  /** With its article, for a message. */
  readonly kind: string;
  /** Sought everywhere in a text; what it begins with should be rare. */
  readonly form: RegExp;
}

/**
 * One row for each mark. What merely looks random is not here, because a build that stops without a cause gets its scan
 * turned off; nor are test keys, which documentation shows. Lengths are those that the issuers document or give out.
 */
export const secretForms: readonly SecretForm[] = [
  // Keys
  {
    kind: "a private key",
    form: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]|[A-Za-z-]+: [^\n\\]{1,80})*[A-Za-z0-9+/=]{20}/,
  },
  { kind: "an age key", form: /\bAGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}\b/ },
  { kind: "a PuTTY key", form: /PuTTY-User-Key-File-\d: [\s\S]{1,300}Private-Lines: \d/ },

  // Clouds
  { kind: "an AWS access key", form: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/ },
  { kind: "a Google API key", form: /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/ },
  { kind: "a Google client secret", form: /\bGOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])/ },
  { kind: "a Google access token", form: /\bya29\.[A-Za-z0-9_-]{60,}/ },
  {
    // The key of Azure's storage emulator is the same everywhere, published, and in Azure's own packages.
    kind: "an Azure storage key",
    form: /AccountKey=(?!Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq)[A-Za-z0-9+/]{86}==/,
  },
  { kind: "an Azure shared access key", form: /SharedAccessKey=[A-Za-z0-9+/]{43}=/ },
  { kind: "an Azure client secret", form: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/ },
  { kind: "an Azure DevOps token", form: /\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b/ },
  { kind: "a DigitalOcean token", form: /\bdo[opr]_v1_[a-f0-9]{64}\b/ },
  { kind: "a Databricks token", form: /\bdapi[a-f0-9]{32}(?:-\d)?\b/ },
  { kind: "a Heroku key", form: /\bHRKU-[A-Za-z0-9_-]{36,60}(?![\w-])/ },
  { kind: "a Netlify token", form: /\bnfp_[A-Za-z0-9]{36}\b/ },
  { kind: "a Fly.io token", form: /\bfm[12][ar]?_[A-Za-z0-9+/=]{100,}/ },
  { kind: "a Tailscale key", form: /\btskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]+-[A-Za-z0-9]{16,}/ },

  // Code, packages and builds
  {
    kind: "a GitHub token",
    form: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b/,
  },
  { kind: "a GitLab token", form: /\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[A-Za-z0-9_-]{20,}/ },
  { kind: "an Atlassian token", form: /\bATATT3[A-Za-z0-9_=-]{100,}/ },
  { kind: "an npm token", form: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { kind: "a PyPI token", form: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/ },
  { kind: "a RubyGems key", form: /\brubygems_[a-f0-9]{48}\b/ },
  { kind: "a Docker Hub token", form: /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}/ },
  { kind: "a Postman key", form: /\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b/ },
  { kind: "a Pulumi token", form: /\bpul-[a-f0-9]{40}\b/ },
  { kind: "a Terraform token", form: /\.atlasv1\.[A-Za-z0-9_-]{60,}/ },
  { kind: "a Vault token", form: /\bhv[bs]\.[A-Za-z0-9_-]{90,}/ },
  { kind: "a Doppler token", form: /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,}/ },
  { kind: "a 1Password token", form: /\bops_eyJ[A-Za-z0-9_-]{200,}/ },

  // Models
  {
    kind: "an OpenAI key",
    form: /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,74}T3BlbkFJ[A-Za-z0-9_-]{20,74}/,
  },
  { kind: "an Anthropic key", form: /\bsk-ant-(?:api|admin|oat)\d{2}-[A-Za-z0-9_-]{80,}/ },
  { kind: "a Hugging Face token", form: /\bhf_[A-Za-z0-9]{34}\b/ },
  { kind: "a Replicate token", form: /\br8_[A-Za-z0-9]{37}\b/ },
  { kind: "a Groq key", form: /\bgsk_[A-Za-z0-9]{52}\b/ },
  { kind: "a Perplexity key", form: /\bpplx-[A-Za-z0-9]{48}\b/ },
  { kind: "an xAI key", form: /\bxai-[A-Za-z0-9]{80}\b/ },
  { kind: "a Pinecone key", form: /\bpcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{60,}/ },
  { kind: "a LangSmith key", form: /\blsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}\b/ },

  // Payment and commerce
  { kind: "a Stripe key", form: /\b[rs]k_live_[A-Za-z0-9]{24,}\b/ },
  { kind: "a Stripe webhook secret", form: /\bwhsec_[A-Za-z0-9+/]{32,}/ },
  { kind: "a Square token", form: /\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}(?![\w-])/ },
  { kind: "a Braintree token", form: /\baccess_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32}\b/ },
  { kind: "a Shopify token", form: /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/ },

  // Messages
  { kind: "a Slack token", form: /\bxox[abeprs]-\d{8,}-[A-Za-z0-9-]{20,}/ },
  { kind: "a Slack app token", form: /\bxapp-\d-[A-Z0-9]{8,}-\d{8,}-[a-f0-9]{64}\b/ },
  {
    kind: "a Slack webhook",
    form: /https:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]{8,}\/B[A-Z0-9]{8,}\/[A-Za-z0-9]{24}/,
  },
  { kind: "a Discord webhook", form: /https:\/\/discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,}/ },
  {
    kind: "a Teams webhook",
    form: /https:\/\/[a-z0-9-]+\.webhook\.office\.com\/webhookb2\/[0-9a-f-]{36}@[0-9a-f-]{36}\/IncomingWebhook\/[0-9a-f]{32}\//,
  },
  { kind: "a Telegram bot token", form: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])/ },
  { kind: "a Twilio key", form: /\bSK[a-f0-9]{32}\b/ },
  { kind: "a SendGrid key", form: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![\w-])/ },
  { kind: "a Mailgun key", form: /\bkey-[a-f0-9]{32}\b/ },
  { kind: "a Mailchimp key", form: /\b[a-f0-9]{32}-us\d{1,2}\b/ },
  { kind: "a Brevo key", form: /\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}\b/ },

  // Data and work
  { kind: "a Supabase key", form: /\b(?:sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{31})(?![\w-])/ },
  { kind: "a PlanetScale secret", form: /\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,}/ },
  { kind: "an Airtable token", form: /\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b/ },
  { kind: "a Notion token", form: /\bntn_\d{11}[A-Za-z0-9]{35}\b/ },
  { kind: "a Linear key", form: /\blin_api_[A-Za-z0-9]{40}\b/ },
  { kind: "a Figma token", form: /\bfig[dour]_[A-Za-z0-9_-]{40,}/ },
  { kind: "a Grafana token", form: /\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}\b/ },
  { kind: "a New Relic key", form: /\bNRAK-[A-Z0-9]{27}\b/ },
  { kind: "a Sentry token", form: /\bsntry(?:u_[a-f0-9]{64}\b|s_eyJ[A-Za-z0-9+/=_-]{80,})/ },
  { kind: "a PostHog key", form: /\bph[xs]_[A-Za-z0-9]{40,}/ },
];
