using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HeadCount.Annotations;
using HeadCount.Inference;

namespace HeadCount.Benchmarks;

/// <summary>
/// The studio against the same pictures counted in this process; the first picture's time from its upload on; and a batch
/// that a kill interrupts.
/// </summary>
internal static class Serving
{
    private const string Url = "http://127.0.0.1:5291";

    internal static int Run(string dataset, string list, string studio)
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
            double alone = CountHere(paths);
            using (var server = Server.Start(studio, data))
            {
                var clock = Stopwatch.StartNew();
                string first = server.CreateProject();
                server.Upload(first, paths[0], "first");
                server.Wait(first, 1);
                Print($"first picture: counted {clock.Elapsed.TotalSeconds:f2} s after its upload began");

                clock.Restart();
                string batch = server.CreateProject();
                foreach (string path in paths)
                    server.Upload(batch, path, Path.GetFileName(path));
                server.Wait(batch, paths.Length);
                double served = paths.Length / clock.Elapsed.TotalSeconds;
                Print($"studio: {served:f1} pictures a second, {100 * served / alone:f0} % of {alone:f1} in one process without it");
            }
            Kill(studio, data, paths);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
        return 0;
    }

    private static double CountHere(string[] paths)
    {
        using HeadModel model = HeadModel.Load();
        var counter = new HeadCounter(model);
        counter.Count(paths[0]);
        var clock = Stopwatch.StartNew();
        foreach (CountOutcome outcome in counter.CountMany(paths))
            _ = outcome;
        return paths.Length / clock.Elapsed.TotalSeconds;
    }

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
                Thread.Sleep(20);
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
