using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Studio.Tests;

/// <summary>The studio behind a real nginx with the configuration that docs/studio.md shows: HTTPS, a host name, a path.</summary>
public sealed partial class ProxyTests : IAsyncLifetime
{
    private const string Key = "a-key-of-21-letters-x", Host = "count.example.com";

    private readonly TempFolder _folder = new();
    private Studio? _studio;
    private Process? _nginx;
    private int _port;
    private string _certificate = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [GeneratedRegex("```nginx\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex DocumentedConfiguration();

    public async ValueTask InitializeAsync()
    {
        const string Program = "/usr/sbin/nginx";
        Assert.SkipUnless(File.Exists(Program), "nginx is not installed");
        _studio = await Studio.StartAsync(_folder, options => options with
        {
            Keys = new Dictionary<string, string> { ["anna"] = Key },
            Proxies = [IPAddress.Loopback],
            Hosts = [Host],
            BasePath = "/headcount",
        });
        using (var key = RSA.Create(2048))
        {
            X509Certificate2 certificate = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            _certificate = certificate.GetCertHashString();
            _folder.Write("cert.pem", certificate.ExportCertificatePem());
            _folder.Write("cert.key", key.ExportPkcs8PrivateKeyPem());
        }
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        string server = DocumentedConfiguration().Match(await File.ReadAllTextAsync(Documentation(), Cancellation)).Groups[1].Value
            .Replace("listen 443", $"listen 127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace($"/etc/ssl/{Host}.pem", _folder["cert.pem"], StringComparison.Ordinal)
            .Replace($"/etc/ssl/{Host}.key", _folder["cert.key"], StringComparison.Ordinal)
            .Replace("http://127.0.0.1:5280", _studio.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        string temporary = string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind => $"{kind}_temp_path {_folder["temp-" + kind]};\n"));
        _folder.Write("nginx.conf", $"daemon off;\nworker_processes 1;\npid {_folder["pid"]};\nerror_log {_folder["error.log"]};\n"
            + $"events {{}}\nhttp {{\naccess_log off;\n{temporary}{server}}}\n");
        _nginx = Process.Start(new ProcessStartInfo(Program, ["-c", _folder["nginx.conf"], "-e", _folder["error.log"]]))!;
        while (!_nginx.HasExited && !await AnswersAsync())
            await Task.Delay(20, Cancellation);
        Assert.False(_nginx.HasExited, File.Exists(_folder["error.log"]) ? await File.ReadAllTextAsync(_folder["error.log"], Cancellation) : "");
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is { HasExited: false })
        {
            Process.Start("kill", ["-TERM", _nginx.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();
            await _nginx.WaitForExitAsync(CancellationToken.None);
        }
        _nginx?.Dispose();
        if (_studio is not null)
            await _studio.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port, Cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Beside the sources, from the build's output upwards.
    private static string Documentation()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "docs", "studio.md")))
            folder = folder.Parent;
        return Path.Combine(folder!.FullName, "docs", "studio.md");
    }

    /// <summary>A browser that finds the host at the proxy.</summary>
    private HttpClient Browser(string host = Host, bool redirects = true)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = redirects,
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, _port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        // The certificate is made here, and signed by nobody.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate;
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{host}:{_port}/headcount/") };
    }

    [Fact]
    public async Task SignIn_Upload_NewsAndDownload_WorkBelowThePath()
    {
        using HttpClient browser = Browser();
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("api/projects", Cancellation)).StatusCode);
        browser.DefaultRequestHeaders.Add("Origin", $"https://{Host}:{_port}");
        HttpResponseMessage session = await browser.PostAsJsonAsync("api/session", new { key = Key }, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, session.StatusCode);
        string cookie = session.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/headcount", cookie, StringComparison.OrdinalIgnoreCase);

        string project = (string)(await Studio.JsonAsync(await browser.PostAsJsonAsync("api/projects", new { name = "x" }, Cancellation)))["id"]!;
        using HttpResponseMessage events = await browser.GetAsync($"api/projects/{project}/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var news = new StreamReader(await events.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("event: hello", await news.ReadLineAsync(Cancellation));
        using MultipartFormDataContent form = Studio.Form(("a.png", Studio.Dots(7)));
        Assert.Equal(HttpStatusCode.Created, (await browser.PostAsync($"api/projects/{project}/pictures", form, Cancellation)).StatusCode);
        // The proxy passes on what is counted as soon as it is.
        string? line;
        do
            line = await news.ReadLineAsync(Cancellation);
        while (line is not null && !line.Contains("\"state\":\"done\"", StringComparison.Ordinal));
        Assert.Contains("\"count\":7", line, StringComparison.Ordinal);
        Assert.Contains("a.png", await (await browser.GetAsync($"api/projects/{project}/export?format=json", Cancellation)).Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallersAreToldApart_ByWhatTheProxySays()
    {
        using HttpClient browser = Browser();
        browser.DefaultRequestHeaders.Add("X-Api-Key", Key);
        await browser.PostAsJsonAsync("api/session", new { key = Key }, Cancellation);
        // The proxy adds the address that it sees itself; what a caller claims before it is not believed.
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        await browser.PostAsJsonAsync("api/session", new { key = Key }, Cancellation);
        string changes = await browser.GetStringAsync("api/changes", Cancellation);
        Assert.Contains("127.0.0.1", changes, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.7", changes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherHostOrOrigin_IsRefused()
    {
        using HttpClient stranger = Browser("evil.example");
        stranger.DefaultRequestHeaders.Add("X-Api-Key", Key);
        Assert.Equal(HttpStatusCode.BadRequest, (await stranger.GetAsync("api/projects", Cancellation)).StatusCode);
        using HttpClient browser = Browser();
        browser.DefaultRequestHeaders.Add("X-Api-Key", Key);
        browser.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsJsonAsync("api/projects", new { name = "x" }, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task DocsAndDocument_AreBelowThePath()
    {
        using HttpClient browser = Browser();
        Assert.Contains("../openapi/v1.json", await browser.GetStringAsync("docs/", Cancellation), StringComparison.Ordinal);
        Assert.Contains("HeadCount Studio", await browser.GetStringAsync("openapi/v1.json", Cancellation), StringComparison.Ordinal);
        Assert.Equal("Healthy", await browser.GetStringAsync("health/live", Cancellation));
    }
}
