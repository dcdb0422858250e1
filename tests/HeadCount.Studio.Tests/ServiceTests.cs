using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using HeadCount.Annotations;
using HeadCount.Studio.Storage;
using HeadCount.Tests;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace HeadCount.Studio.Tests;

public class ServiceTests
{
    [Fact]
    public async Task Upload_GoodAndBroken_CountsTheGoodAndSaysWhatTheOtherIs()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("one.png", Studio.Dots(7)), ("notes.png", "not a picture"u8.ToArray()), ("two.png", Studio.Dots(23)));
        JsonObject[] pictures = await studio.CountedAsync(project);
        Assert.Equal(["one.png", "notes.png", "two.png"], pictures.Select(p => (string)p["name"]!));
        Assert.Equal([7, 0, 23], pictures.Select(p => (int)p["count"]!));
        Assert.Equal("failed", (string)pictures[1]["state"]!);
        Assert.StartsWith("Not a picture of a known kind", (string)pictures[1]["error"]!, StringComparison.Ordinal);
        JsonObject described = await studio.GetAsync($"/api/projects/{project}");
        Assert.Equal((3, 2, 1, 30), ((int)described["pictures"]!, (int)described["done"]!, (int)described["failed"]!, (int)described["heads"]!));
    }

    [Fact]
    public async Task Restart_AfterACrash_CountsEveryPictureOnceAndForgetsHalfUploads()
    {
        using var folder = new TempFolder();
        string project;
        await using (Studio studio = await Studio.StartAsync(folder))
        {
            project = await studio.CreateProjectAsync();
            await studio.UploadAsync(project, [.. Enumerable.Range(1, 6).Select(i => ($"{i}.png", Studio.Dots(i)))]);
            await studio.CountedAsync(project);
        }
        // As a kill leaves it: some counted, one at work, some waiting, an upload half way.
        var database = new DbContextOptionsBuilder<StudioContext>().UseSqlite($"Data Source={folder["data/studio.db"]}").Options;
        using (var db = new StudioContext(database))
        {
            foreach (PictureRow picture in db.Pictures.Where(p => p.Name != "1.png"))
                (picture.State, picture.Count) = (picture.Name == "2.png" ? PictureState.Counting : PictureState.Queued, 0);
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        string half = folder[$"data/pictures/{Guid.NewGuid():N}/original.part"];
        folder.Write(half, [1, 2, 3]);
        Directory.CreateDirectory(Path.Combine(Directory.GetDirectories(folder["data/pictures"]).First(picture => File.Exists(Path.Combine(picture, "original"))), "zoom-half"));
        // What the studio did not make it leaves alone.
        string foreign = folder.Write("data/pictures/holiday/beach.jpg", [1, 2, 3]);
        await using (Studio studio = await Studio.StartAsync(folder))
        {
            JsonObject[] pictures = await studio.CountedAsync(project);
            Assert.Equal([1, 2, 3, 4, 5, 6], pictures.Select(p => (int)p["count"]!));
            Assert.False(File.Exists(half));
            Assert.Empty(Directory.GetDirectories(folder["data/pictures"], "zoom-*", SearchOption.AllDirectories));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["data/pictures"]));
            Assert.True(File.Exists(foreign));
        }
    }

    [Fact]
    public async Task Heads_EditedAndReverted_KeepCountRevisionAndZones()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(10)));
        string url = $"/api/pictures/{(await studio.CountedAsync(project))[0]["id"]}";
        JsonObject heads = await studio.GetAsync($"{url}/heads");
        Assert.Equal(10, heads["heads"]!.AsArray().Count);
        int revision = (int)heads["revision"]!;

        double[][] edited = [[10, 10], [50, 20], [199.5, 159.5]];
        JsonObject saved = await Studio.JsonAsync(await studio.Http.PutAsJsonAsync($"{url}/heads", new { revision, heads = edited }));
        Assert.True((bool)saved["edited"]!);
        HttpResponseMessage late = await studio.Http.PutAsJsonAsync($"{url}/heads", new { revision, heads = edited });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        HttpResponseMessage outside = await studio.Http.PutAsJsonAsync($"{url}/heads", new { revision = (int)saved["revision"]!, heads = new double[][] { [200, 5] } });
        Assert.Equal(HttpStatusCode.BadRequest, outside.StatusCode);

        var zones = new[] { new { name = "Left", points = new double[][] { [0, 0], [100, 0], [100, 160], [0, 160] } } };
        HttpResponseMessage put = await studio.Http.PutAsJsonAsync($"{url}/zones", zones);
        Assert.Equal(2, (int)JsonNode.Parse(await put.Content.ReadAsStringAsync())![0]!["count"]!);

        await studio.Http.DeleteAsync($"{url}/heads");
        JsonObject picture = await studio.GetAsync(url);
        Assert.Equal((10, false), ((int)picture["count"]!, (bool)picture["edited"]!));
    }

    [Fact]
    public async Task Threshold_Set_CutsTheCandidates()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(10)));
        string url = $"/api/pictures/{(await studio.CountedAsync(project))[0]["id"]}";
        JsonObject candidates = await studio.GetAsync($"{url}/candidates");
        double[] scores = [.. candidates["score"]!.AsArray().Select(s => (double)s!)];
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(0, (int)(await Patch(1.0))["count"]!);
        Assert.Equal(scores.Length, (int)(await Patch(0.0))["count"]!);
        Assert.Equal(10, (int)(await Patch(null))["count"]!);

        async Task<JsonObject> Patch(double? threshold) =>
            await Studio.JsonAsync(await studio.Http.PatchAsJsonAsync(url, new { threshold }));
    }

    [Fact]
    public async Task Truth_Uploaded_GivesHitsMissesAndScores()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(3)));
        string url = $"/api/pictures/{(await studio.CountedAsync(project))[0]["id"]}";
        using var form = Studio.Form(("truth.csv", "image,x,y\na.png,14.5,14.5\na.png,32.5,14.5\na.png,120,120\nb.png,1,1\n"u8.ToArray()));
        JsonObject truth = await Studio.JsonAsync(await studio.Http.PostAsync($"/api/projects/{project}/truth", form));
        Assert.Equal("""{"pictures":1,"heads":3,"unmatched":["b.png"],"unmatchedCount":1}""", truth.ToJsonString());
        JsonObject comparison = await studio.GetAsync($"{url}/comparison?radius=4");
        Assert.Equal((2, 1, 1), (comparison["hits"]!.AsArray().Count, comparison["misses"]!.AsArray().Count, comparison["falseAlarms"]!.AsArray().Count));
        JsonObject scores = await studio.GetAsync($"/api/projects/{project}/evaluation?radius=4");
        Assert.Equal(2, (int)scores["localization"]![0]!["truePositives"]!);
    }

    [Fact]
    public async Task Evaluation_OfSeveralPictures_NamesTheWorstFirst()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("good.png", Studio.Dots(1)), ("bad.png", Studio.Dots(3)), ("none.png", Studio.Dots(2)));
        JsonObject[] counted = await studio.CountedAsync(project);
        await Truth(studio, project, ("truth.csv", "image,x,y\ngood.png,14.5,14.5\nbad.png,14.5,14.5\n"u8.ToArray()));
        JsonObject scores = await studio.GetAsync($"/api/projects/{project}/evaluation?radius=1,4");
        Assert.Equal(1, (double)scores["mae"]!);
        JsonArray pictures = scores["pictures"]!.AsArray();
        Assert.Equal([("bad.png", 1, 3, 0.5), ("good.png", 1, 1, 1.0)], pictures.Select(picture =>
            ((string)picture!["name"]!, (int)picture["truth"]!, (int)picture["count"]!, (double)picture["f1"]![1]!)));
        Assert.Equal((string)counted[1]["id"]!, (string)pictures[0]!["id"]!);
    }

    [Fact]
    public async Task Truth_InAZip_IsReadFileByFile()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("IMG_1.png", Studio.Dots(1)), ("IMG_2.png", Studio.Dots(2)), ("b.png", Studio.Dots(3)));
        await studio.CountedAsync(project);
        AnnotationFormat.Find("shanghaitech")!.Write!(folder["mat"], [Heads("IMG_1.jpg", 4), Heads("IMG_2.jpg", 5)]);
        var files = Directory.GetFiles(folder["mat"], "*.mat", SearchOption.AllDirectories)
            .Select(path => ($"../../ground_truth/{Path.GetFileName(path)}", File.ReadAllBytes(path)))
            .Append(("heads.csv", "image,x,y\nb.png,1,1\nc.png,2,2\n"u8.ToArray()))
            .Append(("images/IMG_1.jpg", [1, 2, 3])).Append(("read.me", [4]));
        JsonObject truth = await Truth(studio, project, ("truth.zip", Zip([.. files])));
        Assert.Equal("""{"pictures":3,"heads":10,"unmatched":["c.png"],"unmatchedCount":1}""", truth.ToJsonString());
        JsonObject scores = await studio.GetAsync($"/api/projects/{project}/evaluation");
        Assert.Equal([("IMG_1.png", 4), ("IMG_2.png", 5), ("b.png", 1)], scores["pictures"]!.AsArray()
            .Select(picture => ((string)picture!["name"]!, (int)picture["truth"]!)).OrderBy(picture => picture.Item1, StringComparer.Ordinal));

        static PictureHeads Heads(string name, int count) =>
            new(name, [.. Enumerable.Range(0, count).Select(i => new HeadPoint(10 + i, 20))]) { Size = new PictureSize(200, 160) };
    }

    [Fact]
    public async Task Truth_AsYolo_IsReadWithThePicturesSizeAndEmptyFilesAreNobody()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(2)), ("b.png", Studio.Dots(1)), ("c.png", Studio.Dots(3)), ("broken.png", [1, 2, 3]));
        await studio.CountedAsync(project);
        JsonObject truth = await Truth(studio, project, ("truth.zip", Zip(
            ("labels/a.txt", "0 0.5 0.25 0.1 0.1\n"u8.ToArray()), ("labels/b.txt", []), ("labels/d.txt", " "u8.ToArray()),
            ("labels/broken.txt", "0 0.5 0.25 0.1 0.1\n"u8.ToArray()), ("labels/classes.txt", "head\n"u8.ToArray()))));
        Assert.Equal("""{"pictures":2,"heads":1,"unmatched":["labels/d.txt","labels/broken.txt"],"unmatchedCount":2}""", truth.ToJsonString());
        JsonObject scores = await studio.GetAsync($"/api/projects/{project}/evaluation");
        Assert.Equal([("a.png", 1, 2), ("b.png", 0, 1)], scores["pictures"]!.AsArray()
            .Select(picture => ((string)picture!["name"]!, (int)picture["truth"]!, (int)picture["count"]!)).OrderBy(picture => picture.Item1, StringComparer.Ordinal));
    }

    public static TheoryData<string, byte[], string> BadZips => new()
    {
        { "bomb", Zip(("a.csv", Encoding.ASCII.GetBytes("image,x,y\n")), ("b.csv", new byte[3 << 20])), "t.zip: unpacks to more than the 2 MiB an upload may have; split it" },
        { "many files", Zip([.. Enumerable.Range(0, 20_001).Select(i => ($"{i}.csv", Array.Empty<byte>()))]), "t.zip: holds more than 20000 files; split it" },
        { "no annotations", Zip(("a.jpg", [1])), "t.zip: holds no annotation file" },
        { "damaged", [.. Zip(("a.csv", new byte[100]))[..60]], "t.zip: is a damaged ZIP; pack it again" },
        { "unknown file", Zip(("a.csv", "image,x,y\na.png,1,1\n"u8.ToArray()), ("../notes.txt", "Dear diary"u8.ToArray())), "t.zip: notes.txt: The format is not recognised" },
    };

    [Theory, MemberData(nameof(BadZips))]
    public async Task Truth_InAZipThatWillNotDo_IsRefusedInOneLineAndChangesNothing(string what, byte[] zip, string problem)
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { MaxUploadBytes = 2 << 20 });
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(1)));
        using var form = Studio.Form(("t.zip", zip));
        HttpResponseMessage answer = await studio.Http.PostAsync($"/api/projects/{project}/truth", form);
        Assert.Equal((what, HttpStatusCode.BadRequest), (what, answer.StatusCode));
        string title = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["title"]!;
        Assert.StartsWith(problem, title, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), title, StringComparison.Ordinal);
        Assert.False((bool)(await studio.CountedAsync(project))[0]["hasTruth"]!);
    }

    private static async Task<JsonObject> Truth(Studio studio, string project, (string, byte[]) file)
    {
        using var form = Studio.Form(file);
        return await Studio.JsonAsync(await studio.Http.PostAsync($"/api/projects/{project}/truth", form));
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] content) in files)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        return stream.ToArray();
    }

    [Fact]
    public async Task Export_EveryFormat_HoldsEveryHead()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync("Fair / 2026");
        await studio.UploadAsync(project, ("../../day one/a.png", Studio.Dots(4)), ("b.png", Studio.Dots(2)));
        await studio.CountedAsync(project);
        JsonObject info = await studio.GetAsync("/api/info");
        foreach (string format in info["exports"]!.AsArray().Select(f => (string)f!))
        {
            byte[] bytes = await studio.Http.GetByteArrayAsync($"/api/projects/{project}/export?format={format}");
            Assert.NotEmpty(bytes);
        }
        byte[] training = await studio.Http.GetByteArrayAsync($"/api/projects/{project}/export?format=training");
        string target = folder["training"];
        using (var zip = new ZipArchive(new MemoryStream(training)))
            zip.ExtractToDirectory(target);
        var dataset = Dataset.Load(target);
        Assert.Equal([("b.png", 2), ("day one/a.png", 4)], dataset.Images.Select(i => (i.Name, i.Heads.Count)).OrderBy(i => i.Name, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Count_WithoutAProject_AnswersAtOnceAndStoresNothing()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        HttpResponseMessage answer = await studio.Http.PostAsync("/api/count?format=json&name=a.png", new ByteArrayContent(Studio.Dots(5)));
        JsonNode counted = JsonNode.Parse(await answer.Content.ReadAsStringAsync())![0]!;
        Assert.Equal(("a.png", 5), ((string)counted["image"]!, (int)counted["count"]!));
        HttpResponseMessage broken = await studio.Http.PostAsync("/api/count", new ByteArrayContent("no picture"u8.ToArray()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, broken.StatusCode);
        Assert.Equal("application/problem+json", broken.Content.Headers.ContentType!.MediaType);
        string problem = await broken.Content.ReadAsStringAsync();
        Assert.DoesNotContain("headcount-", problem, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(folder["data/pictures"]));
    }

    [Theory]
    [InlineData("best", HttpStatusCode.OK)]
    [InlineData("fast", HttpStatusCode.OK)]
    [InlineData("finest", HttpStatusCode.BadRequest)]
    public async Task Count_TakesAQuality(string quality, HttpStatusCode expected)
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        HttpResponseMessage answer = await studio.Http.PostAsync($"/api/count?quality={quality}", new ByteArrayContent(Studio.Dots(5)));
        Assert.Equal(expected, answer.StatusCode);
        string body = await answer.Content.ReadAsStringAsync();
        if (expected == HttpStatusCode.OK)
            Assert.Equal(5, (int)JsonNode.Parse(body)![0]!["count"]!);
        else
            Assert.Contains("quality", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondStudio_InTheSameFolder_IsRefused()
    {
        using var folder = new TempFolder();
        await using (await Studio.StartAsync(folder))
        {
            var error = await Assert.ThrowsAsync<IOException>(() => Studio.StartAsync(folder));
            Assert.Contains("another studio works in this folder", error.Message);
        }
        await using Studio next = await Studio.StartAsync(folder);
    }

    [Fact]
    public async Task UploadsOfOneName_AtOnce_GetNamesOfTheirOwn()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => studio.UploadAsync(project, ("a.png", Studio.Dots(2)))));
        JsonObject[] pictures = await studio.CountedAsync(project);
        Assert.Equal(12, pictures.Select(picture => (string)picture["name"]!).Distinct().Count());
    }

    [Fact]
    public async Task FiftyClients_AtOnce_AllGetTheirCounts()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await Task.WhenAll(Enumerable.Range(1, 50).Select(i => studio.UploadAsync(project, ($"{i}.png", Studio.Dots(i)))));
        JsonObject[] pictures = await studio.CountedAsync(project);
        Assert.Equal(50, pictures.Length);
        Assert.All(pictures, picture => Assert.Equal(Path.GetFileNameWithoutExtension((string)picture["name"]!), picture["count"]!.ToString()));
    }

    [Fact]
    public async Task Views_OfAPicture_AreTilesThumbnailAndHeatMap()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(9, 1300, 700)));
        string url = $"/api/pictures/{(await studio.CountedAsync(project))[0]["id"]}";
        Assert.Contains("Width=\"1300\"", await studio.Http.GetStringAsync($"{url}/tiles.dzi"), StringComparison.Ordinal);
        foreach (string view in (string[])["tiles_files/11/2_1.jpg", "thumbnail", "heatmap", "export?format=overlay"])
            Assert.Equal("image", (await studio.Http.GetAsync($"{url}/{view}")).EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType!.Split('/')[0]);
        Assert.Equal(HttpStatusCode.NotFound, (await studio.Http.GetAsync($"{url}/tiles_files/11/9_9.jpg")).StatusCode);
    }

    [Fact]
    public async Task Delete_OfAProject_LeavesNothing()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(1)));
        await studio.CountedAsync(project);
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.DeleteAsync($"/api/projects/{project}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await studio.Http.GetAsync($"/api/projects/{project}")).StatusCode);
        Assert.Empty(Directory.GetDirectories(folder["data/pictures"]));
    }

    [Fact]
    public async Task OpenApi_Health_Metrics_Answer()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        Assert.Contains("/api/projects/{id}/pictures", await studio.Http.GetStringAsync("/openapi/v1.json"), StringComparison.Ordinal);
        Assert.Equal("Healthy", await studio.Http.GetStringAsync("/health/live"));
        Assert.True((await studio.Http.GetAsync("/docs/")).IsSuccessStatusCode);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(3)));
        await studio.CountedAsync(project);
        Assert.Equal("Healthy", await studio.Http.GetStringAsync("/health/ready"));
        Assert.Contains("headcount_heads_total", await studio.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }
}
