using System.Net;
using System.Net.Http.Json;
using FsCheck.Xunit;
using HeadCount.Imaging;
using HeadCount.Studio.Api;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Studio.Tests;

public class SecurityTests
{
    [Theory]
    [InlineData("http://0.0.0.0:5280")]
    [InlineData("http://*:5280")]
    [InlineData("http://192.168.1.5:5280")]
    public void Create_BeyondThisMachineWithoutKey_SaysWhatToDo(string url)
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<ArgumentException>(() => StudioServer.Create(new StudioOptions { Data = folder["data"], Url = url }));
        Assert.Contains("--api-key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_Set_OpensByHeaderBearerAndCookieAlone()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { ApiKey = "secret" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await studio.Http.GetAsync("/api/projects")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await studio.Http.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await studio.Http.PostAsJsonAsync("/api/session", new { key = "wrong" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await studio.Http.GetAsync("/health/live")).StatusCode);
        // The handler keeps the cookie.
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.PostAsJsonAsync("/api/session", new { key = "secret" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await studio.Http.GetAsync("/api/projects")).StatusCode);
        foreach ((string header, string value) in ((string, string)[])[("X-Api-Key", "secret"), ("Authorization", "Bearer secret")])
        {
            using var fresh = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = studio.Http.BaseAddress };
            fresh.DefaultRequestHeaders.Add(header, value);
            Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync("/api/projects")).StatusCode);
        }
    }

    [Fact]
    public async Task CrossSiteChange_AndForeignHost_AreRefused()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        using var crossSite = new HttpRequestMessage(HttpMethod.Post, "/api/projects") { Content = JsonContent.Create(new { name = "x" }) };
        crossSite.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await studio.Http.SendAsync(crossSite)).StatusCode);
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
    public async Task Calls_TooMany_AreSlowedDown()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { CallsPerMinute = 5 });
        var answers = new List<HttpStatusCode>();
        for (int i = 0; i < 12; i++)
            answers.Add((await studio.Http.GetAsync("/api/projects")).StatusCode);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.OK, answers[0]);
    }

    [Property]
    public bool Name_OfAnything_StaysInsideItsFolder(string given)
    {
        string name = Plain.Name(given), root = Path.GetFullPath("/root/of/archive");
        string full = Path.GetFullPath(Path.Combine(root, name));
        return name.Length is > 0 and <= 200 && full.StartsWith(root + "/", StringComparison.Ordinal) && !name.Any(char.IsControl);
    }

    [Theory]
    [InlineData("..\\..\\windows\\a.jpg", "windows/a.jpg")]
    [InlineData("/etc/passwd", "etc/passwd")]
    [InlineData("C:\\pictures\\b.png", "C/pictures/b.png")]
    [InlineData("....//x", "x")]
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
