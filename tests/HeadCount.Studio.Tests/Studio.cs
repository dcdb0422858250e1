using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HeadCount.Imaging;
using HeadCount.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HeadCount.Studio.Tests;

/// <summary>A studio of its own on a free port, counting dots (<see cref="DotModel"/>).</summary>
internal sealed class Studio : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Studio(WebApplication app)
    {
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    internal HttpClient Http { get; }

    /// <summary>A part of the running server.</summary>
    internal T Part<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    internal static async Task<Studio> StartAsync(TempFolder folder, Func<StudioOptions, StudioOptions>? change = null)
    {
        if (!File.Exists(folder["dots.onnx"]))
            DotModel.Save(folder["dots.onnx"]);
        var options = new StudioOptions { Data = folder["data"], Url = "http://127.0.0.1:0", Model = folder["dots.onnx"], Threads = 1 };
        WebApplication app = StudioServer.Create(change?.Invoke(options) ?? options);
        await app.StartAsync();
        return new Studio(app);
    }

    internal async Task<string> CreateProjectAsync(string name = "Test") =>
        (string)(await JsonAsync(await Http.PostAsJsonAsync("/api/projects", new { name })))["id"]!;

    /// <summary>Uploads files in one request.</summary>
    internal async Task<JsonArray> UploadAsync(string project, params (string Name, byte[] Content)[] files)
    {
        using var form = Form(files);
        HttpResponseMessage answer = await Http.PostAsync($"/api/projects/{project}/pictures", form);
        return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!.AsArray();
    }

    internal static MultipartFormDataContent Form(params (string Name, byte[] Content)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach ((string name, byte[] content) in files)
            form.Add(new ByteArrayContent(content), "file", name);
        return form;
    }

    /// <summary>The project's pictures once none waits any more.</summary>
    internal async Task<JsonObject[]> CountedAsync(string project)
    {
        for (int i = 0; i < 600; i++)
        {
            JsonObject[] pictures = [.. JsonNode.Parse(await Http.GetStringAsync($"/api/projects/{project}/pictures"))!.AsArray().Select(p => p!.AsObject())];
            if (pictures.All(picture => (string)picture["state"]! is "done" or "failed"))
                return pictures;
            await Task.Delay(50);
        }
        throw new TimeoutException("pictures are still waiting");
    }

    internal async Task<JsonObject> GetAsync(string path) => await JsonAsync(await Http.GetAsync(path));

    internal static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!.AsObject();

    /// <summary>A picture with that many dots, as PNG.</summary>
    internal static byte[] Dots(int dots, int width = 200, int height = 160) =>
        PictureWriter.EncodePng(DotModel.Draw(width, height, Enumerable.Range(0, dots).Select(i => (14 + i % 10 * 18, 14 + i / 10 * 18))));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
