// An OpenID Connect provider on loopback, with its own pages to sign in: any name, any password.
import Provider from "oidc-provider";

const [port, client, secret, back] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [back] }],
  pkce: { required: () => true },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
