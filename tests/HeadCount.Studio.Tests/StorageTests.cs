using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Studio.Tests;

public class StorageTests
{
    [Fact]
    public async Task Postgres_FromUploadToDeletion_WorksAsSqliteDoes()
    {
        using PostgresServer? server = PostgresServer.Start();
        Assert.SkipWhen(server is null, "PostgreSQL is not installed");
        using var folder = new TempFolder();
        string project;
        await using (Studio studio = await Studio.StartAsync(folder, options => options with { Database = server.Connection }))
        {
            project = await studio.CreateProjectAsync();
            await studio.UploadAsync(project, [.. Enumerable.Range(1, 4).Select(i => ("same.png", Studio.Dots(i)))]);
            await studio.CountedAsync(project);
        }
        await using (Studio studio = await Studio.StartAsync(folder, options => options with { Database = server.Connection }))
        {
            JsonObject[] pictures = await studio.CountedAsync(project);
            Assert.Equal([1, 2, 3, 4], pictures.Select(p => (int)p["count"]!));
            Assert.Equal(["same.png", "same (2).png", "same (3).png", "same (4).png"], pictures.Select(p => (string)p["name"]!));
            string picture = $"/api/pictures/{pictures[0]["id"]}";
            int revision = (int)pictures[0]["revision"]!;
            double[][] heads = [[1, 2], [3, 4], [5, 6]];
            Assert.Equal(HttpStatusCode.OK, (await studio.Http.PutAsJsonAsync($"{picture}/heads", new { revision, heads })).StatusCode);
            Assert.Equal(HttpStatusCode.Conflict, (await studio.Http.PutAsJsonAsync($"{picture}/heads", new { revision, heads })).StatusCode);
            Assert.Equal(3, (int)(await studio.GetAsync(picture))["count"]!);
            Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.DeleteAsync($"/api/projects/{project}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await studio.Http.GetAsync(picture)).StatusCode);
        }
    }

    [Fact]
    public async Task FullDisk_IsSaidAndLosesNothing_AndWorkGoesOnOnceThereIsRoom()
    {
        using var folder = new TempFolder();
        using SmallDisk? disk = SmallDisk.Mount(folder["data"]);
        Assert.SkipWhen(disk is null, "no right to mount a small disk");
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("before.png", Studio.Dots(5)));
        await studio.CountedAsync(project);
        // Takes all the room that is left.
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(folder["data/ballast"], new byte[SmallDisk.Bytes], TestContext.Current.CancellationToken));
        using (MultipartFormDataContent form = Studio.Form(("refused.png", Studio.Dots(7))))
        {
            HttpResponseMessage refused = await studio.Http.PostAsync($"/api/projects/{project}/pictures", form, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
        }
        Assert.Equal("Degraded", await studio.Http.GetStringAsync("/health/ready", TestContext.Current.CancellationToken));
        File.Delete(folder["data/ballast"]);
        await studio.UploadAsync(project, ("after.png", Studio.Dots(9)));
        JsonObject[] pictures = await studio.CountedAsync(project);
        Assert.Equal([("before.png", 5), ("after.png", 9)], pictures.Select(p => ((string)p["name"]!, (int)p["count"]!)));
    }

    [Fact]
    public async Task FullDisk_LetsPicturesAndProjectsBeDeleted()
    {
        using var folder = new TempFolder();
        using SmallDisk? disk = SmallDisk.Mount(folder["data"]);
        Assert.SkipWhen(disk is null, "no right to mount a small disk");
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, [.. Enumerable.Range(1, 8).Select(i => ($"{i}.png", Studio.Dots(i)))]);
        JsonObject[] pictures = await studio.CountedAsync(project);
        // To the last byte: what a larger write leaves, smaller ones take.
        using (var ballast = new FileStream(folder["data/ballast"], FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            for (int size = SmallDisk.Bytes; size > 0;)
            {
                try
                {
                    ballast.Write(new byte[size]);
                }
                catch (IOException)
                {
                    size /= 2;
                }
            }
        }
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.DeleteAsync($"/api/pictures/{pictures[0]["id"]}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Http.DeleteAsync($"/api/projects/{project}", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Empty(Directory.GetDirectories(folder["data/pictures"]));
        Assert.Equal("[]", await studio.Http.GetStringAsync("/api/projects", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Postgres_ThatIsAway_IsSaidWithATimeToComeBack()
    {
        PostgresServer? server = PostgresServer.Start();
        Assert.SkipWhen(server is null, "PostgreSQL is not installed");
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder, options => options with { Database = server.Connection });
        server.Dispose();
        HttpResponseMessage answer = await studio.Http.GetAsync("/api/projects", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await studio.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode);
    }

    /// <summary>A disk of a few megabytes, in memory.</summary>
    private sealed class SmallDisk : IDisposable
    {
        internal const int Bytes = 4 << 20;

        private readonly string _folder;

        private SmallDisk(string folder) => _folder = folder;

        internal static SmallDisk? Mount(string folder)
        {
            Directory.CreateDirectory(folder);
            return OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", $"size={Bytes}", "tmpfs", folder)
                ? new SmallDisk(folder)
                : null;
        }

        public void Dispose() => Run("umount", "--lazy", _folder);

        private static bool Run(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
