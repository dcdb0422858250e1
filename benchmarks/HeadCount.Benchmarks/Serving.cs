using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HeadCount.Annotations;

namespace HeadCount.Benchmarks;

/// <summary>
/// The studio against <c>headcount count</c> on the same pictures; the first picture's time from its upload on; and a batch
/// that a kill interrupts.
/// </summary>
internal static class Serving
{
    /// <summary>Times that the pictures are counted: starting takes its share of a short batch.</summary>
    private const int Rounds = 3;

    private const string Url = "http://127.0.0.1:5291";

    internal static int Run(string dataset, string list, string studio, string headcount)
    {
        if (!Directory.Exists(dataset))
        {
            Console.WriteLine($"{dataset}: not there, skipped");
            return 0;
        }
        string[] paths = [.. Dataset.Load(dataset, list).Images.Select(i => i.ImagePath)];
        string data = Directory.CreateTempSubdirectory("headcount-studio-").FullName;
        try
        {
            double alone = CountByCommand(headcount, data, paths);
            using (var server = Server.Start(studio, data))
            {
                var clock = Stopwatch.StartNew();
                string first = server.CreateProject();
                server.Upload(first, paths[0], "first");
                server.Wait(first, 1);
                Print($"first picture: counted {clock.Elapsed.TotalSeconds:f2} s after its upload began");

                // The first batch pays for compiling the server's code, the second shows what a long one comes to.
                foreach (string when in (string[])["first batch", "second batch"])
                {
                    clock.Restart();
                    string batch = server.CreateProject();
                    for (int i = 0; i < Rounds * paths.Length; i++)
                        server.Upload(batch, paths[i % paths.Length], Name(i, paths));
                    server.Wait(batch, Rounds * paths.Length);
                    double served = Rounds * paths.Length / clock.Elapsed.TotalSeconds;
                    Print($"{when}: {served:f1} pictures a second, {100 * served / alone:f0} % of the {alone:f1} of headcount count");
                }
            }
            Kill(studio, data, paths);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
        return 0;
    }

    /// <summary>Pictures a second of <c>headcount count</c>, its start included.</summary>
    private static double CountByCommand(string headcount, string data, string[] paths)
    {
        string folder = Path.Combine(data, "pictures-to-count");
        Directory.CreateDirectory(folder);
        for (int i = 0; i < Rounds * paths.Length; i++)
            File.CreateSymbolicLink(Path.Combine(folder, Name(i, paths)), Path.GetFullPath(paths[i % paths.Length]));
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [headcount, "count", folder])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Rounds * paths.Length / clock.Elapsed.TotalSeconds
            : throw new InvalidOperationException($"{headcount} count failed");
    }

    private static string Name(int i, string[] paths) => $"{i}-{Path.GetFileName(paths[i % paths.Length])}";

    private static void Kill(string studio, string data, string[] paths)
    {
        const int Batch = 200;
        string project;
        int before;
        using (var server = Server.Start(studio, data))
        {
            project = server.CreateProject();
            for (int i = 0; i < Batch; i++)
                server.Upload(project, paths[i % paths.Length], $"{i}.jpg");
            before = server.Pictures(project).Count(picture => (string)picture!["state"]! == "done");
            server.Kill();
        }
        using (var server = Server.Start(studio, data))
        {
            server.Wait(project, Batch);
            JsonArray pictures = server.Pictures(project);
            int done = pictures.Count(picture => (string)picture!["state"]! == "done");
            int names = pictures.Select(picture => (string)picture!["name"]!).Distinct().Count();
            Print($"killed with {before} of {Batch} pictures counted; after the restart {done} counted, {names} different ones");
        }
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed class Server : IDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _http = new() { BaseAddress = new Uri(Url) };

        private Server(Process process) => _process = process;

        internal static Server Start(string program, string data)
        {
            var server = new Server(Process.Start(new ProcessStartInfo("dotnet", [program, "--data", data, "--url", Url]) { RedirectStandardError = true })!);
            server._process.BeginErrorReadLine();
            for (int i = 0; i < 300; i++)
            {
                try
                {
                    server._http.GetStringAsync("/health/ready").GetAwaiter().GetResult();
                    return server;
                }
                catch (HttpRequestException)
                {
                    Thread.Sleep(50);
                }
            }
            throw new TimeoutException($"{program} does not answer");
        }

        internal string CreateProject()
        {
            HttpResponseMessage answer = _http.PostAsJsonAsync("/api/projects", new { name = "Benchmark" }).GetAwaiter().GetResult();
            return (string)JsonNode.Parse(answer.Content.ReadAsStringAsync().GetAwaiter().GetResult())!["id"]!;
        }

        internal void Upload(string project, string path, string name)
        {
            using FileStream file = File.OpenRead(path);
            using var content = new StreamContent(file);
            _http.PostAsync($"/api/projects/{project}/pictures?name={Uri.EscapeDataString(name)}", content).GetAwaiter().GetResult().EnsureSuccessStatusCode();
        }

        internal JsonArray Pictures(string project) =>
            JsonNode.Parse(_http.GetStringAsync($"/api/projects/{project}/pictures").GetAwaiter().GetResult())!.AsArray();

        /// <summary>Until all are counted, or failed.</summary>
        internal void Wait(string project, int count)
        {
            while (true)
            {
                JsonNode state = JsonNode.Parse(_http.GetStringAsync($"/api/projects/{project}").GetAwaiter().GetResult())!;
                if ((int)state["done"]! + (int)state["failed"]! >= count)
                    return;
                Thread.Sleep(250);
            }
        }

        internal void Kill() => _process.Kill();

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _http.Dispose();
        }
    }
}
