// A certificate for 127.0.0.1 that nobody trusts, with its key: for the pretend server, and secret to nobody.
// Made with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=pretend
//   -addext subjectAltName=IP:127.0.0.1,DNS:localhost
export const key = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIJDKXdvClHH4LVNC1EyArP33WVKbijHcHZ3KadtKhMNuoAoGCCqGSM49
AwEHoUQDQgAE0VTbP9D+sdQMBwBOlfBxjhh3MVq2xONzVCwG8c+UdZY+Fs/op859
x3usdwdrCHqhqABiuFHqaCQeX1vikWnoQQ==
-----END EC PRIVATE KEY-----
`;

export const cert = `-----BEGIN CERTIFICATE-----
MIIBmDCCAT2gAwIBAgIUKN6kvgdeHkdLmxZE5iwnmCDjI7IwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHcHJldGVuZDAgFw0yNjExMjEyMTE2NDFaGA8yMTI2MTAyODIx
MTY0MVowEjEQMA4GA1UEAwwHcHJldGVuZDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABNFU2z/Q/rHUDAcATpXwcY4YdzFatsTjc1QsBvHPlHWWPhbP6KfOfcd7rHcH
awh6oagAYrhR6mgkHl9b4pFp6EGjbzBtMB0GA1UdDgQWBBTKp5BJOqnKbOGwhE38
1InY+6TXzTAfBgNVHSMEGDAWgBTKp5BJOqnKbOGwhE381InY+6TXzTAPBgNVHRMB
Af8EBTADAQH/MBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAKBggqhkjOPQQD
AgNJADBGAiEAzFtrp0wth6uCBV1DHsZzLc8a16UcbziZmDS13Zq0ky4CIQDlxZOn
7o+VUjWaVWh7vRe6u7iu0e12QHE0ilFVVNbkQg==
-----END CERTIFICATE-----
`;
