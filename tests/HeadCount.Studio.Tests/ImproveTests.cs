using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using HeadCount.Studio.Counting;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Studio.Tests;

/// <summary>Learning from corrections, with real runs of headcount-train of a few steps.</summary>
public class ImproveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<Studio> StartAsync(TempFolder folder, int steps = 2) =>
        Studio.StartAsync(folder, options => options with { Model = "nano", ImproveSteps = steps, Threads = 2 });

    /// <summary>A project with corrected pictures, and others that nobody has checked.</summary>
    private static async Task<string> ProjectAsync(Studio studio, int corrected, int others = 0)
    {
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, [.. Enumerable.Range(1, corrected + others).Select(i => ($"{i}.png", Studio.Dots(i)))]);
        foreach (JsonObject picture in (await studio.CountedAsync(project))[..corrected])
            await CorrectAsync(studio, picture, [[14.5, 14.5], [32.5, 14.5]]);
        return project;
    }

    private static async Task CorrectAsync(Studio studio, JsonObject picture, double[][] heads) => (await studio.Http.PutAsJsonAsync(
        $"/api/pictures/{picture["id"]}/heads", new { revision = (int)picture["revision"]!, heads }, Cancellation)).EnsureSuccessStatusCode();

    private static async Task<string> TitleAsync(HttpResponseMessage answer) =>
        (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["title"]!;

    /// <summary>A project's news of its run.</summary>
    private static async IAsyncEnumerable<JsonObject> NewsAsync(Studio studio, string project, Func<Task>? then = null)
    {
        await using Stream stream = await studio.Http.GetStreamAsync($"/api/projects/{project}/events", Cancellation);
        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(Cancellation))
        {
            if (item.EventType == "hello")
            {
                await (then?.Invoke() ?? Task.CompletedTask);
                yield return (await studio.GetAsync($"/api/projects/{project}/improve"))["run"]!.AsObject();
            }
            else if (item.EventType == "improve")
                yield return JsonNode.Parse(item.Data)!.AsObject();
        }
    }

    private static async Task<JsonObject> UntilAsync(IAsyncEnumerable<JsonObject> news, Func<JsonObject, bool> condition)
    {
        await foreach (JsonObject run in news)
            if (condition(run))
                return run;
        throw new InvalidOperationException("the line of news ended");
    }

    private static bool HasEnded(JsonObject run) => (string)run["state"]! is "done" or "failed";

    private static async Task PostAsync(Studio studio, string project) =>
        Assert.Equal(HttpStatusCode.Accepted, (await studio.Http.PostAsync($"/api/projects/{project}/improve", null, Cancellation)).StatusCode);

    [Fact]
    public async Task Improve_WithTooFewCheckedPictures_SaysHowManyAndWhatToDo()
    {
        using var folder = new TempFolder();
        await using Studio studio = await StartAsync(folder);
        string project = await ProjectAsync(studio, corrected: 1, others: 5);
        JsonObject state = await studio.GetAsync($"/api/projects/{project}/improve");
        Assert.Equal((1, 5, "none"), ((int)state["checked"]!, (int)state["needed"]!, (string)state["run"]!["state"]!));
        HttpResponseMessage answer = await studio.Http.PostAsync($"/api/projects/{project}/improve", null, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("The project has 1 checked picture, and learning needs at least 5; correct the heads of more, or upload their ground truth", await TitleAsync(answer));
    }

    [Fact]
    public async Task Improve_WithoutTheTrainingProgram_SaysHowToGetIt()
    {
        Assert.SkipWhen(Improvement.Missing is null, "the training program is built");
        using var folder = new TempFolder();
        await using Studio studio = await StartAsync(folder);
        string project = await ProjectAsync(studio, corrected: 5);
        HttpResponseMessage answer = await studio.Http.PostAsync($"/api/projects/{project}/improve", null, Cancellation);
        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        Assert.Contains("dotnet build -c Release src/HeadCount.Training.Cli", await TitleAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Improve_OnCheckedPictures_GivesAModelThatTheProjectCanUse()
    {
        Assert.SkipWhen(Improvement.Missing is not null, "the training program is not built");
        using var folder = new TempFolder();
        await using Studio studio = await StartAsync(folder);
        string project = await ProjectAsync(studio, corrected: 4, others: 3), url = $"/api/projects/{project}";
        // The truth of two of the others; the first of them is nobody's guess of a hundred heads.
        using (MultipartFormDataContent truth = Studio.Form(("truth.csv", "image,x,y\n5.png,14.5,14.5\n6.png,,\n"u8.ToArray())))
            await studio.Http.PostAsync($"{url}/truth", truth, Cancellation);
        string[] table = [];
        JsonObject run = await UntilAsync(NewsAsync(studio, project, async () =>
        {
            await PostAsync(studio, project);
            table = await File.ReadAllLinesAsync(Directory.GetFiles(folder["data/improve"], "annotations.csv", SearchOption.AllDirectories).Single(), Cancellation);
            string second = await ProjectAsync(studio, corrected: 5);
            HttpResponseMessage refused = await studio.Http.PostAsync($"/api/projects/{second}/improve", null, Cancellation);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.StartsWith("The model is being improved for the project “Test”", await TitleAsync(refused), StringComparison.Ordinal);
        }), HasEnded);
        Assert.Equal("done", (string?)run["problem"] ?? (string)run["state"]!);
        // Two heads of each corrected picture, the truth of the others, nothing of the one that nobody has checked.
        Assert.Equal(1 + 4 * 2 + 1 + 1, table.Length);
        Assert.Equal((5, 1, 2, 2), ((int)run["pictures"]!, (int)run["heldBack"]!, (int)run["step"]!, (int)run["steps"]!));
        Assert.InRange((double)run["before"]!["mae"]!, 0, 1000);
        Assert.InRange((double)run["after"]!["f1"]!, 0, 1);
        Assert.Empty(Directory.GetDirectories(folder["data/improve"], "*", SearchOption.AllDirectories).Select(Path.GetFileName).Intersect(["run", "dataset"]));

        string model = (string)run["model"]!;
        Assert.Equal("improved-1", model);
        JsonObject described = await Studio.JsonAsync(await studio.Http.PutAsJsonAsync($"{url}/model", new { model }, Cancellation));
        Assert.Equal(model, (string)described["model"]!);
        JsonArray added = await studio.UploadAsync(project, ("new.png", Studio.Dots(3)));
        await studio.Http.PostAsJsonAsync($"/api/pictures/{(await studio.CountedAsync(project))[0]["id"]}/recount", new { model = (string?)null }, Cancellation);
        JsonObject[] pictures = await studio.CountedAsync(project);
        Assert.Equal(((string)added[0]!["id"]!, model, "done"), ((string)pictures[^1]["id"]!, (string)pictures[^1]["model"]!, (string)pictures[^1]["state"]!));
        Assert.Equal((model, "done", 2), ((string)pictures[0]["model"]!, (string)pictures[0]["state"]!, (int)pictures[0]["count"]!));
        JsonNode change = JsonNode.Parse(await studio.Http.GetStringAsync($"/api/changes?project={project}", Cancellation))!.AsArray()
            .Single(change => (string)change!["what"]! == "project.model")!;
        Assert.Equal(("nano", model), ((string)change["before"]!, (string)change["after"]!));
        HttpResponseMessage unknown = await studio.Http.PutAsJsonAsync($"{url}/model", new { model = "../nano" }, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task Improve_WhenTheStudioStops_GoesOnAtTheNextStart()
    {
        Assert.SkipWhen(Improvement.Missing is not null, "the training program is not built");
        using var folder = new TempFolder();
        string project;
        await using (Studio studio = await StartAsync(folder, steps: 4))
        {
            project = await ProjectAsync(studio, corrected: 5);
            await UntilAsync(NewsAsync(studio, project, () => PostAsync(studio, project)), run => (int)run["step"]! >= 1);
        }
        await using Studio next = await StartAsync(folder);
        JsonObject ended = await UntilAsync(NewsAsync(next, project), HasEnded);
        Assert.Equal("done", (string?)ended["problem"] ?? (string)ended["state"]!);
        // As many as it began with.
        Assert.Equal(4, (int)ended["steps"]!);
    }

    [Fact]
    public async Task Improve_Stopped_LeavesNothing()
    {
        Assert.SkipWhen(Improvement.Missing is not null, "the training program is not built");
        using var folder = new TempFolder();
        await using Studio studio = await StartAsync(folder, steps: 100_000);
        string project = await ProjectAsync(studio, corrected: 5);
        await PostAsync(studio, project);
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.DeleteAsync($"/api/projects/{project}/improve", Cancellation)).StatusCode);
        Assert.Equal("none", (string)(await studio.GetAsync($"/api/projects/{project}/improve"))["run"]!["state"]!);
        Assert.Empty(Directory.GetDirectories(folder["data/improve"]));
        // Deleting the project stops it as well.
        await PostAsync(studio, project);
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.DeleteAsync($"/api/projects/{project}", Cancellation)).StatusCode);
        Assert.Empty(Directory.GetDirectories(folder["data/improve"]));
    }

    [Fact]
    public async Task Truth_TakenAsHeads_IsEditedLikeAnyOther()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(3)), ("b.png", Studio.Dots(4)), ("c.png", Studio.Dots(5)));
        JsonObject[] pictures = await studio.CountedAsync(project);
        string first = $"/api/pictures/{pictures[0]["id"]}";
        Assert.Equal(HttpStatusCode.NotFound, (await studio.Http.PostAsync($"{first}/heads/truth", null, Cancellation)).StatusCode);
        using (MultipartFormDataContent truth = Studio.Form(("truth.csv", "image,x,y\na.png,10,20\na.png,200,160\nb.png,5,5\n"u8.ToArray())))
            await studio.Http.PostAsync($"/api/projects/{project}/truth", truth, Cancellation);

        JsonObject taken = await Studio.JsonAsync(await studio.Http.PostAsync($"{first}/heads/truth", null, Cancellation));
        Assert.Equal((2, true), (taken["heads"]!.AsArray().Count, (bool)taken["edited"]!));
        // What lies on the edge is let in, so that it can be stored again.
        HttpResponseMessage edited = await studio.Http.PutAsJsonAsync($"{first}/heads", new { revision = (int)taken["revision"]!, heads = taken["heads"]!.AsArray().Append(new JsonArray(7, 7)).Select(head => head!.DeepClone()) }, Cancellation);
        Assert.Equal(3, (await Studio.JsonAsync(edited))["heads"]!.AsArray().Count);

        // Of all the others; what was corrected by hand stays.
        JsonObject all = await Studio.JsonAsync(await studio.Http.PostAsync($"/api/projects/{project}/heads/truth", null, Cancellation));
        Assert.Equal("""{"pictures":1,"heads":1}""", all.ToJsonString());
        Assert.Equal([(3, true), (1, true), (5, false)], (await studio.CountedAsync(project)).Select(picture => ((int)picture["count"]!, (bool)picture["edited"]!)));
        Assert.Contains("heads.truth", await studio.Http.GetStringAsync("/api/changes", Cancellation), StringComparison.Ordinal);
    }
}
