using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using HeadCount.Imaging;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Security;
using HeadCount.Tests;
using Microsoft.AspNetCore.Http;
using NetVips;
using Xunit;

namespace HeadCount.Studio.Tests;

/// <summary>What whoever runs the studio relies on: limits, turns, retention, the log of changes, numbers, the document.</summary>
public class OperationsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_GoAroundTheCallers_AndBeyondTheLimitNobodyWaits()
    {
        var turns = new Turns(1, 4);
        var order = new List<string>();
        await turns.EnterAsync("a", Cancellation);
        using var gone = new CancellationTokenSource();
        Task Wait(string caller, string name, CancellationToken cancellation) =>
            turns.EnterAsync(caller, cancellation).ContinueWith(_ => order.Add(name), Cancellation, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        Task a1 = Wait("a", "a1", Cancellation), a2 = Wait("a", "a2", gone.Token), a3 = Wait("a", "a3", Cancellation), b1 = Wait("b", "b1", Cancellation);
        var error = await Assert.ThrowsAsync<TooManyException>(() => turns.EnterAsync("c", Cancellation));
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, error.Status);
        Assert.Equal(4, turns.Waiting);
        await gone.CancelAsync();
        foreach (Task next in (Task[])[a1, b1, a3])
        {
            turns.Leave(1);
            await next;
        }
        Assert.Equal(["a1", "b1", "a3"], order);
        turns.Leave(1);
        Assert.Equal(0, turns.Waiting);
        Assert.True(turns.EnterAsync("d", Cancellation).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Busy_CountsAndDrawings_AreAskedToComeBack()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { MostWaiting = 0 });
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(3)));
        string picture = $"/api/pictures/{(await studio.CountedAsync(project))[0]["id"]}";
        Benches benches = studio.Part<Benches>();
        await benches.Network.EnterAsync("another", Cancellation);
        for (int i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
            await benches.Drawing.EnterAsync("another", Cancellation);
        foreach (Task<HttpResponseMessage> call in (Task<HttpResponseMessage>[])
        [
            studio.Http.PostAsync("/api/count", new ByteArrayContent(Studio.Dots(5)), Cancellation),
            studio.Http.GetAsync($"{picture}/export?format=overlay", Cancellation),
            studio.Http.GetAsync($"{picture}/heatmap", Cancellation),
            studio.Http.GetAsync($"/api/projects/{project}/export?format=training", Cancellation),
        ])
        {
            HttpResponseMessage answer = await call;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        benches.Network.Leave(1);
        benches.Drawing.Leave(1);
        Assert.Equal(HttpStatusCode.OK, (await studio.Http.PostAsync("/api/count?format=overlay", new ByteArrayContent(Studio.Dots(5)), Cancellation)).StatusCode);
        // Nothing is left of it once the server has closed the answer.
        for (int i = 0; i < 600 && Directory.GetFileSystemEntries(folder["data/temporary"]).Length > 0; i++)
            await Task.Delay(10, Cancellation);
        Assert.Empty(Directory.GetFileSystemEntries(folder["data/temporary"]));
    }

    [Fact]
    public async Task Count_OfAPictureThatTakesTooLong_SaysWhereItGoes()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { MaxPixelsAtOnce = 10_000 });
        HttpResponseMessage answer = await studio.Http.PostAsync("/api/count", new ByteArrayContent(Studio.Dots(5)), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("upload the picture to a project", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Truth_HasLimits()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(3)));
        await studio.CountedAsync(project);
        var crowd = new StringBuilder("image,x,y\n");
        for (int i = 0; i <= 500_000; i++)
            crowd.Append("a.png,1,1\n");
        using MultipartFormDataContent tooMany = Studio.Form(("crowd.csv", Encoding.ASCII.GetBytes(crowd.ToString())));
        HttpResponseMessage refused = await studio.Http.PostAsync($"/api/projects/{project}/truth", tooMany, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("500001 heads", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        string strangers = "image,x,y\n" + string.Concat(Enumerable.Range(0, 150).Select(i => $"no{i}.png,1,1\n"));
        using MultipartFormDataContent unknown = Studio.Form(("t.csv", Encoding.ASCII.GetBytes(strangers)));
        JsonObject truth = await Studio.JsonAsync(await studio.Http.PostAsync($"/api/projects/{project}/truth", unknown, Cancellation));
        Assert.Equal((100, 150), (truth["unmatched"]!.AsArray().Count, (int)truth["unmatchedCount"]!));
    }

    [Fact]
    public async Task NamesThatAreFormulas_AreNoneInTables_AndTruthStillFindsThem()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("=1+1.png", Studio.Dots(3)), ("@SUM(1).png", Studio.Dots(2)), ("-2+3.png", Studio.Dots(1)));
        await studio.CountedAsync(project);
        foreach ((string name, string[] lines) in await Unzip(studio, $"/api/projects/{project}/export?format=csv", entry => Encoding.UTF8.GetString(entry).Split('\n')))
            Assert.DoesNotContain(lines, line => line.TrimStart('"') is ['=' or '+' or '-' or '@', ..]);
        using MultipartFormDataContent form = Studio.Form(("t.csv", "image,x,y\n=1+1.png,1,1\n"u8.ToArray()));
        Assert.Equal(1, (int)(await Studio.JsonAsync(await studio.Http.PostAsync($"/api/projects/{project}/truth", form, Cancellation)))["pictures"]!);
    }

    private static async Task<List<(string Name, T Content)>> Unzip<T>(Studio studio, string path, Func<byte[], T> read)
    {
        using var zip = new ZipArchive(new MemoryStream(await studio.Http.GetByteArrayAsync(path, Cancellation)));
        var entries = new List<(string, T)>();
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using var content = new MemoryStream();
            using (Stream packed = entry.Open())
                packed.CopyTo(content);
            entries.Add((entry.FullName, read(content.ToArray())));
        }
        return entries;
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".webp")]
    [InlineData(".tif")]
    public async Task Export_OfAPhotograph_LosesPlaceAndCamera_AndNotAPixel(string kind)
    {
        using var folder = new TempFolder();
        string photograph = folder["photograph" + kind];
        using (Image image = Image.NewFromBuffer(Studio.Dots(9, 220, 130)).Mutate(mutable =>
        {
            mutable.Set(GValue.GIntType, "orientation", 6);
            mutable.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "52/1 31/1 12/1 (52, 31, 12, Rational, 3 components, 24 bytes)");
            mutable.Set(GValue.GStrType, "exif-ifd0-Model", "SpyCam 3000 (SpyCam 3000, ASCII, 12 components, 12 bytes)");
            mutable.Set(GValue.BlobType, "xmp-data", "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">Berlin</x:xmpmeta>"u8.ToArray());
        }))
            image.WriteToFile(photograph + (kind is ".jpg" or ".webp" ? "[Q=80]" : ""));
        byte[] original = await File.ReadAllBytesAsync(photograph, Cancellation);
        using (Image image = Image.NewFromFile(photograph))
            Assert.Contains("Berlin", Captions(image), StringComparison.Ordinal);

        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("p" + kind, original));
        string id = (string)(await studio.CountedAsync(project))[0]["id"]!;
        byte[] exported = (await Unzip(studio, $"/api/projects/{project}/export?format=training", bytes => bytes)).Single(entry => entry.Name == "p" + kind).Content;

        string text = Encoding.Latin1.GetString(exported);
        Assert.DoesNotContain("SpyCam", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Berlin", text, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(folder["exported" + kind], exported, Cancellation);
        using (Image stripped = Image.NewFromFile(folder["exported" + kind]))
        {
            Assert.DoesNotContain(stripped.GetFields(), field => field.Contains("GPS", StringComparison.Ordinal) || field is "exif-ifd0-Model");
            Assert.True(string.IsNullOrWhiteSpace(Captions(stripped)), Captions(stripped));
        }
        RgbImage before = Picture.Load(photograph), after = Picture.Load(folder["exported" + kind]);
        Assert.Equal((before.Width, before.Height), (after.Width, after.Height));
        Assert.Equal(before.Pixels.ToArray(), after.Pixels.ToArray());
        // Tiles and thumbnails carry nothing of it either.
        foreach (string view in (string[])["thumbnail", "tiles_files/8/0_0.jpg", "export?format=overlay"])
            Assert.DoesNotContain("SpyCam", Encoding.Latin1.GetString(await studio.Http.GetByteArrayAsync($"/api/pictures/{id}/{view}", Cancellation)), StringComparison.Ordinal);
    }

    private static string Captions(Image image) => image.Contains("xmp-data") ? Encoding.UTF8.GetString((byte[])image.Get("xmp-data")) : "";

    [Fact]
    public async Task Retention_DeletesWhatIsOld_AndNotesIt()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string old = await studio.CreateProjectAsync("old");
        await studio.UploadAsync(old, ("a.png", Studio.Dots(3)));
        await studio.CountedAsync(old);
        await Task.Delay(5, Cancellation);
        DateTimeOffset moment = DateTimeOffset.UtcNow;
        await Task.Delay(5, Cancellation);
        string young = await studio.CreateProjectAsync("young");
        await studio.UploadAsync(young, ("b.png", Studio.Dots(4)));
        await studio.CountedAsync(young);
        studio.Part<Retention>().DeleteBefore(moment);
        Assert.Equal(["young"], JsonNode.Parse(await studio.Http.GetStringAsync("/api/projects", Cancellation))!.AsArray().Select(project => (string)project!["name"]!));
        Assert.Single(Directory.GetDirectories(folder["data/pictures"]));
        Assert.Equal(["project.deleted old", "picture.deleted a.png"], (await ChangesAsync(studio, old)).Where(change => (string)change["who"]! == "Retention")
            .Select(change => $"{change["what"]} {change["name"]}"));
    }

    [Fact]
    public async Task Retention_IsDoneAtTheStart()
    {
        using var folder = new TempFolder();
        string project;
        await using (Studio studio = await Studio.StartAsync(folder))
        {
            project = await studio.CreateProjectAsync();
            await studio.UploadAsync(project, ("a.png", Studio.Dots(3)), ("b.png", Studio.Dots(3)));
            await studio.CountedAsync(project);
            using var db = studio.Part<Microsoft.EntityFrameworkCore.IDbContextFactory<Storage.StudioContext>>().CreateDbContext();
            db.Pictures.Single(picture => picture.Name == "a.png").Order = DateTime.UtcNow.AddDays(-8).Ticks;
            await db.SaveChangesAsync(Cancellation);
        }
        await using Studio again = await Studio.StartAsync(folder, options => options with { KeepDays = 7 });
        JsonObject[] pictures;
        do
            pictures = await again.CountedAsync(project);
        while (pictures.Length == 2);
        Assert.Equal(["b.png"], pictures.Select(picture => (string)picture["name"]!));
    }

    private static async Task<JsonObject[]> ChangesAsync(Studio studio, string project) =>
        [.. JsonNode.Parse(await studio.Http.GetStringAsync($"/api/changes?project={project}", Cancellation))!.AsArray().Select(change => change!.AsObject())];

    [Fact]
    public async Task Changes_AreNotedWithWhoMadeThem()
    {
        using var folder = new TempFolder();
        var keys = new Dictionary<string, string> { ["anna"] = "key-of-anna-1234", ["ben"] = "key-of-ben-12345" };
        await using Studio studio = await Studio.StartAsync(folder, options => options with { Keys = keys });
        void As(string name)
        {
            studio.Http.DefaultRequestHeaders.Remove("X-Api-Key");
            studio.Http.DefaultRequestHeaders.Add("X-Api-Key", keys[name]);
        }
        As("anna");
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(10)));
        JsonObject picture = (await studio.CountedAsync(project))[0];
        string url = $"/api/pictures/{picture["id"]}";
        As("ben");
        await Studio.JsonAsync(await studio.Http.PutAsJsonAsync($"{url}/heads", new { revision = (int)picture["revision"]!, heads = new double[][] { [1, 2] } }, Cancellation));
        await studio.Http.PatchAsJsonAsync(url, new { threshold = .9 }, Cancellation);
        await studio.Http.DeleteAsync($"{url}/heads", Cancellation);
        As("anna");
        await studio.Http.DeleteAsync(url, Cancellation);
        await studio.Http.DeleteAsync($"/api/projects/{project}", Cancellation);
        JsonObject[] changes = await ChangesAsync(studio, project);
        Assert.Equal(
        [
            "anna project.deleted Test", "anna picture.deleted a.png", "ben heads.reverted a.png", "ben threshold.set a.png", "ben heads.set a.png",
            "anna picture.uploaded a.png", "anna project.created Test",
        ], changes.Select(change => $"{change["who"]} {change["what"]} {change["name"]}"));
        Assert.Equal(("10", "1"), ((string)changes[4]["before"]!, (string)changes[4]["after"]!));
        Assert.InRange((DateTimeOffset)changes[0]["at"]!, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task OpenApi_SaysOfEveryCallWhatItTakesGivesAndRefuses()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        JsonObject document = await studio.GetAsync("/openapi/v1.json");
        Assert.Equal("HeadCount Studio", (string)document["info"]!["title"]!);
        Assert.StartsWith("0.", (string)document["info"]!["version"]!, StringComparison.Ordinal);
        Assert.Equal(["bearer", "key", "session"], document["components"]!["securitySchemes"]!.AsObject().Select(scheme => scheme.Key).Order());
        Assert.NotEmpty(document["security"]!.AsArray());
        var calls = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(call => (Name: $"{call.Key} {path.Key}", Call: call.Value!.AsObject()))).ToList();
        Assert.InRange(calls.Count, 30, 60);
        Assert.All(calls, call => Assert.False(string.IsNullOrEmpty((string?)call.Call["summary"]), call.Name));
        Assert.All(calls, call => Assert.Contains(call.Call["responses"]!.AsObject(), response => response.Key is ['2', ..]));
        // What goes wrong is described, and a success says what it holds or that it holds nothing.
        Assert.All(calls, call => Assert.NotNull(call.Call["responses"]!["401"]?["content"]?["application/problem+json"]));
        Assert.All(calls, call => Assert.True(call.Call["responses"]!.AsObject().Any(response => response.Key == "204" || response.Value!["content"] is not null), call.Name));
        Assert.All(calls.Where(call => call.Name.Contains("{id}", StringComparison.Ordinal)), call => Assert.NotNull(call.Call["responses"]!["404"]));
        string[] files = ["post /api/count", "post /api/projects/{id}/pictures", "post /api/projects/{id}/truth"];
        Assert.All(calls.Where(call => files.Contains(call.Name)), call =>
        {
            Assert.NotNull(call.Call["requestBody"]!["content"]!["multipart/form-data"]);
            Assert.Contains(call.Call["parameters"]!.AsArray(), parameter => (string)parameter!["name"]! == "name");
        });
        // The answer of the evaluation has what its description says.
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(3)));
        await studio.CountedAsync(project);
        using MultipartFormDataContent form = Studio.Form(("t.csv", "image,x,y\na.png,1,1\n"u8.ToArray()));
        await studio.Http.PostAsync($"/api/projects/{project}/truth", form, Cancellation);
        JsonObject evaluation = await studio.GetAsync($"/api/projects/{project}/evaluation");
        foreach ((string property, _) in document["components"]!["schemas"]!["EvaluationDto"]!["properties"]!.AsObject())
            Assert.True(evaluation.ContainsKey(property), property);
    }

    [Fact]
    public async Task Docs_OfferNothingOfAnybodyElses()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string page = await studio.Http.GetStringAsync("/docs/", Cancellation);
        Assert.DoesNotContain("https://", page, StringComparison.OrdinalIgnoreCase);
        foreach (string off in (string[])["\"agent\":{\"disabled\":true", "\"mcp\":{\"disabled\":true", "\"telemetry\":false", "\"hideClientButton\":true", "\"showDeveloperTools\":\"never\""])
            Assert.Contains(off, page.Replace(" ", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task News_ComeAtOnce_AndProxiesAreToldNotToHoldThem()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        using HttpResponseMessage answer = await studio.Http.GetAsync($"/api/projects/{project}/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("no", answer.Headers.GetValues("X-Accel-Buffering").Single());
        using var news = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("event: hello", await news.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task TemporaryFiles_OfAKilledStudio_GoAtTheStart()
    {
        using var folder = new TempFolder();
        folder.Write("data/temporary/17.zip", [1, 2, 3]);
        await using Studio studio = await Studio.StartAsync(folder);
        Assert.Empty(Directory.GetFileSystemEntries(folder["data/temporary"]));
    }
}
