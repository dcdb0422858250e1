using System.Net;
using System.Net.Http.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using HeadCount.Imaging;
using HeadCount.Studio.Api;
using HeadCount.Studio.Security;
using HeadCount.Tests;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace HeadCount.Studio.Tests;

public class SecurityTests
{
    [Theory]
    [InlineData("http://0.0.0.0:5280")]
    [InlineData("http://*:5280")]
    [InlineData("http://192.168.1.5:5280")]
    [InlineData("http://loopback:5280")]
    [InlineData("http://[::]:5280")]
    [InlineData("http://127.0.0.1:5280;http://0.0.0.0:5281")]
    public void Create_BeyondThisMachineWithoutKey_SaysWhatToDo(string url)
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<ArgumentException>(() => StudioServer.Create(new StudioOptions { Data = folder["data"], Url = url }));
        Assert.Contains("--api-key", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:5280")]
    [InlineData("studio")]
    public void Create_AtAnAddressThatIsNone_SaysHowToWriteIt(string url)
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<ArgumentException>(() => StudioServer.Create(new StudioOptions { Data = folder["data"], Url = url }));
        Assert.Contains("http://127.0.0.1:5280", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhereTheServersOwnConfigurationOpensAnAddress_IsRefusedWithoutAKey()
    {
        using var folder = new TempFolder();
        DotModel.Save(folder["dots.onnx"]);
        var options = new StudioOptions { Data = folder["data"], Url = "http://127.0.0.1:0", Model = folder["dots.onnx"], Threads = 1 };
        await using WebApplication app = StudioServer.Create(options);
        // As Kestrel__Endpoints__…__Url does.
        app.Configuration["Kestrel:Endpoints:open:Url"] = "http://0.0.0.0:0";
        var error = await Assert.ThrowsAsync<ArgumentException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("can be reached from other machines", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("", "")]
    public async Task CallThroughAProxy_WithoutKeys_IsRefused(string header, string value)
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        using var call = new HttpRequestMessage(HttpMethod.Get, "/api/projects");
        if (header.Length > 0)
            call.Headers.Add(header, value);
        else
            call.Version = HttpVersion.Version10;
        Assert.Equal(HttpStatusCode.Forbidden, (await studio.Http.SendAsync(call, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Key_Set_OpensByHeaderBearerAndSessionAlone()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { Keys = OneKey });
        Assert.Equal(HttpStatusCode.Unauthorized, (await studio.Http.GetAsync("/api/projects")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await studio.Http.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await studio.Http.PostAsJsonAsync("/api/session", new { key = "wrong" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await studio.Http.GetAsync("/health/live")).StatusCode);
        // The handler keeps the cookie.
        HttpResponseMessage opened = await studio.Http.PostAsJsonAsync("/api/session", new { key = Key });
        Assert.Equal(HttpStatusCode.NoContent, opened.StatusCode);
        string cookie = opened.Headers.GetValues("Set-Cookie").Single();
        Assert.DoesNotContain(Key, cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await studio.Http.GetAsync("/api/projects")).StatusCode);
        foreach ((string header, string value) in ((string, string)[])[("X-Api-Key", Key), ("Authorization", $"Bearer {Key}")])
        {
            using HttpClient fresh = WithoutCookies(studio);
            fresh.DefaultRequestHeaders.Add(header, value);
            Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync("/api/projects")).StatusCode);
        }
        // Signed out, a copy of the cookie opens nothing.
        using HttpClient thief = WithoutCookies(studio);
        thief.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/api/projects")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.DeleteAsync("/api/session")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await studio.Http.GetAsync("/api/projects")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/projects")).StatusCode);
    }

    [Fact]
    public async Task Session_OutlivesARestart_AndEndsWithItsKey()
    {
        using var folder = new TempFolder();
        string cookie;
        await using (Studio studio = await Studio.StartAsync(folder, options => options with { Keys = OneKey }))
            cookie = (await studio.Http.PostAsJsonAsync("/api/session", new { key = Key })).Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        foreach ((string key, HttpStatusCode expected) in ((string, HttpStatusCode)[])[(Key, HttpStatusCode.OK), ("another-key-as-long", HttpStatusCode.Unauthorized)])
        {
            await using Studio studio = await Studio.StartAsync(folder, options => options with { Keys = new Dictionary<string, string> { ["anna"] = key } });
            using HttpClient browser = WithoutCookies(studio);
            browser.DefaultRequestHeaders.Add("Cookie", cookie);
            Assert.Equal(expected, (await browser.GetAsync("/api/projects")).StatusCode);
        }
    }

    [Fact]
    public async Task WrongKeys_AreBraked_EvenWithTheRightOneAmongThem_AndSessionsGoOn()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { Keys = OneKey, WrongKeysPerMinute = 5 });
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.PostAsJsonAsync("/api/session", new { key = Key })).StatusCode);
        using HttpClient guessing = WithoutCookies(studio);
        var answers = new List<HttpStatusCode>();
        for (int i = 0; i < 8; i++)
        {
            using var call = new HttpRequestMessage(HttpMethod.Get, "/api/projects");
            call.Headers.Add("X-Api-Key", i == 7 ? Key : $"guess-{i}");
            HttpResponseMessage answer = await guessing.SendAsync(call);
            answers.Add(answer.StatusCode);
            Assert.Equal(answer.StatusCode == HttpStatusCode.TooManyRequests, answer.Headers.RetryAfter is not null);
        }
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.Unauthorized, 5), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 3)], answers);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await guessing.PostAsJsonAsync("/api/session", new { key = Key })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await studio.Http.GetAsync("/api/projects")).StatusCode);
        Assert.Contains("headcount_wrong_keys_total", await studio.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public void Key_ThatCanBeGuessed_IsRefused()
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<ArgumentException>(() => StudioServer.Create(new StudioOptions
        {
            Data = folder["data"],
            Keys = new Dictionary<string, string> { ["anna"] = "fifteen-letters" },
        }));
        Assert.Contains("at least 16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyFile_NamesItsKeys_AndRefusesWhatIsUnclear()
    {
        using var folder = new TempFolder();
        Assert.Equal(new Dictionary<string, string> { ["anna"] = "key-of-anna-1234", ["ben"] = "key-of-ben-12345" },
            KeyFile.Read(folder.Write("keys", "# the team\nanna key-of-anna-1234\n\nben\tkey-of-ben-12345\n")));
        foreach (string text in (string[])["anna", "anna a b", "anna key1\nanna key2", "anna key\nben key"])
            Assert.Contains("line", Assert.Throws<ArgumentException>(() => KeyFile.Read(folder.Write("keys", text))).Message, StringComparison.Ordinal);
    }

    private const string Key = "a-key-of-21-letters-x";

    private static Dictionary<string, string> OneKey { get; } = new() { ["anna"] = Key };

    private static HttpClient WithoutCookies(Studio studio) => new(new HttpClientHandler { UseCookies = false }) { BaseAddress = studio.Http.BaseAddress };

    [Fact]
    public async Task CrossSiteChange_AndForeignHost_AreRefused()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        using var crossSite = new HttpRequestMessage(HttpMethod.Post, "/api/projects") { Content = JsonContent.Create(new { name = "x" }) };
        crossSite.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await studio.Http.SendAsync(crossSite)).StatusCode);
        foreach ((string header, string value, HttpStatusCode expected) in ((string, string, HttpStatusCode)[])
        [
            ("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden),
            ("Origin", "http://127.0.0.1:9", HttpStatusCode.Forbidden),
            ("Origin", "null", HttpStatusCode.Forbidden),
            ("Origin", studio.Http.BaseAddress!.GetLeftPart(UriPartial.Authority), HttpStatusCode.Created),
            ("Sec-Fetch-Site", "same-origin", HttpStatusCode.Created),
        ])
        {
            using var call = new HttpRequestMessage(HttpMethod.Post, "/api/projects") { Content = JsonContent.Create(new { name = "x" }) };
            call.Headers.Add(header, value);
            Assert.Equal(expected, (await studio.Http.SendAsync(call)).StatusCode);
        }
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/api/projects");
        foreign.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.BadRequest, (await studio.Http.SendAsync(foreign)).StatusCode);
    }

    [Fact]
    public async Task Headers_AllowNothingForeign()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        HttpResponseMessage answer = await studio.Http.GetAsync("/api/info");
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Upload_TooLarge_IsRefusedAndLeavesNothing()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { MaxUploadBytes = 1 << 20 });
        string project = await studio.CreateProjectAsync();
        using MultipartFormDataContent form = Studio.Form(("big.png", new byte[2 << 20]));
        try
        {
            HttpResponseMessage answer = await studio.Http.PostAsync($"/api/projects/{project}/pictures", form);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server may close the line before it has heard everything.
        }
        Assert.Empty(await studio.CountedAsync(project));
        Assert.Empty(Directory.GetDirectories(folder["data/pictures"]));
    }

    [Fact]
    public async Task Upload_TooManyPixels_FailsInPlainWords()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { MaxPixels = 10_000 });
        string project = await studio.CreateProjectAsync();
        var picture = (await studio.UploadAsync(project, ("bomb.png", PictureWriter.EncodePng(new RgbImage(200, 200)))))[0]!;
        Assert.Equal("failed", (string)picture["state"]!);
        Assert.StartsWith("200×200 pixels, beyond the limit", (string)picture["error"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("multipart/form-data;;;=")]
    public async Task Upload_MalformedForm_IsABadRequest(string type)
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        using var body = new ByteArrayContent("garbage"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        HttpResponseMessage answer = await studio.Http.PostAsync($"/api/projects/{project}/pictures", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Body_ThatEndsTooSoonOrSaysNothing_IsABadRequest()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        using var cut = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=file; filename=a.png\r\n\r\nhalf of"u8.ToArray());
        cut.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        Assert.Equal(HttpStatusCode.BadRequest, (await studio.Http.PostAsync($"/api/projects/{project}/pictures", cut)).StatusCode);
        Assert.Empty(Directory.GetDirectories(folder["data/pictures"]));

        Assert.Equal(HttpStatusCode.BadRequest, (await studio.Http.PostAsJsonAsync("/api/projects", new { name = "a\0b" })).StatusCode);
        await studio.UploadAsync(project, ("a.png", Studio.Dots(1)));
        string picture = $"/api/pictures/{(await studio.CountedAsync(project))[0]["id"]}";
        foreach (string body in (string[])["[null]", "null", "[{}]", "[{\"name\":\"a\",\"points\":[null,null,null]}]"])
            Assert.Equal(HttpStatusCode.BadRequest, (await studio.Http.PutAsync($"{picture}/zones", Json(body))).StatusCode);
        foreach (string body in (string[])["{}", "null", "{\"revision\":1,\"heads\":[null]}", "{\"revision\":1,\"heads\":[[1]]}"])
            Assert.Equal(HttpStatusCode.BadRequest, (await studio.Http.PutAsync($"{picture}/heads", Json(body))).StatusCode);

        static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
    }

    [Fact]
    public async Task Json_TooLarge_IsRefused()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        using var body = new ByteArrayContent(new byte[(32 << 20) + 1]);
        body.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        try
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await studio.Http.PostAsync("/api/projects", body)).StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server may close the line before it has heard everything.
        }
    }

    [Fact]
    public async Task Calls_TooMany_AreSlowedDown()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { CallsPerMinute = 5 });
        var answers = new List<HttpResponseMessage>();
        for (int i = 0; i < 12; i++)
            answers.Add(await studio.Http.GetAsync("/api/projects"));
        Assert.Equal(HttpStatusCode.OK, answers[0].StatusCode);
        HttpResponseMessage refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("Too many calls", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Property(MaxTest = 1000)]
    public bool Name_OfAnything_StaysInsideItsFolder(string given) => IsHarmless(Plain.Name(given));

    [Property(MaxTest = 1000)]
    public Property Name_OfPartsThatLeadElsewhere_StaysInsideItsFolder() => Prop.ForAll(
        Gen.Elements("..", ".", "/", "\\", "a", "=", "+", " ", "\u202e", "\ud83d", "\ude00", "\ud83d\ude00", "C:", new string('b', 193), new string('b', 199))
            .ArrayOf().Select(string.Concat).ToArbitrary(),
        given => IsHarmless(Plain.Name(given)));

    private static bool IsHarmless(string name)
    {
        string root = Path.GetFullPath("/root/of/archive");
        string full = Path.GetFullPath(Path.Combine(root, name));
        return name.Length is > 0 and <= 200 && full.StartsWith(root + "/", StringComparison.Ordinal) && !name.Split('/').Contains("..")
            && !Plain.HasHidden(name) && !"=+-@".Contains(name[0], StringComparison.Ordinal)
            && name.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar);
    }

    [Theory]
    [InlineData("..\\..\\windows\\a.jpg", "windows/a.jpg")]
    [InlineData("/etc/passwd", "etc/passwd")]
    [InlineData("C:\\pictures\\b.png", "C/pictures/b.png")]
    [InlineData("....//x", "x")]
    [InlineData("=1+1.jpg", "1+1.jpg")]
    [InlineData("=../x.jpg", "x.jpg")]
    [InlineData("a\u202egpj.exe", "agpj.exe")]
    [InlineData(null, "picture")]
    public void Name_ThatLeadsElsewhere_LosesItsWay(string? given, string expected) => Assert.Equal(expected, Plain.Name(given));

    [Fact]
    public void Polygons_SharingAnEdge_OwnEveryPointOnce()
    {
        double[][] left = [[0, 0], [10, 0], [10, 10], [0, 10]], right = [[10, 0], [20, 0], [20, 10], [10, 10]];
        for (double x = 0.5; x < 20; x += 0.5)
            for (double y = 0.5; y < 10; y += 0.5)
                Assert.True(Polygon.Contains(left, x, y) ^ Polygon.Contains(right, x, y));
    }
}
