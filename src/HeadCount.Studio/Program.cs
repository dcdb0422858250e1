using System.CommandLine;
using System.Net;
using HeadCount.Cli;
using HeadCount.Inference;
using HeadCount.Studio;
using HeadCount.Studio.Security;

return await ProgramRun.RunAsync("headcount", RunAsync, error => error switch
{
    IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => (ExitCode.WrongCall,
        $"{error.Message.TrimEnd('.')}; stop what listens there, or give another --url"),
    ModelException or IOException or UnauthorizedAccessException or ArgumentException => (ExitCode.WrongCall, error.Message),
    Npgsql.NpgsqlException or Microsoft.Data.Sqlite.SqliteException => (ExitCode.WrongCall, $"the database cannot be used ({error.Message}); see --database and --data"),
    _ => null,
});

Task<int> RunAsync(CancellationToken cancellation)
{
    var defaults = new StudioOptions { Data = "" };
    var data = new Option<string>("--data")
    {
        HelpName = "DIR",
        Description = "Folder of pictures, results and projects",
        DefaultValueFactory = _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "headcount"),
    };
    var url = new Option<string>("--url")
    {
        HelpName = "URL",
        Description = "Where to listen; beyond this machine a key is needed",
        DefaultValueFactory = _ => defaults.Url,
    };
    var apiKey = new Option<string?>("--api-key")
    {
        HelpName = "KEY",
        Description = "Key that callers must give; HEADCOUNT_API_KEY in the environment does the same",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("HEADCOUNT_API_KEY"),
    };
    var keys = new Option<string?>("--keys")
    {
        HelpName = "FILE",
        Description = "Keys of several people, a line each: NAME KEY; changes are logged under the name",
    };
    var proxies = new Option<string[]>("--proxy")
    {
        HelpName = "ADDRESS",
        Description = "IP address of a reverse proxy before the studio, whose X-Forwarded headers are believed",
    };
    var hosts = new Option<string[]>("--host") { HelpName = "NAME", Description = "Host name that the studio is called by" };
    var basePath = new Option<string>("--base-path")
    {
        HelpName = "PATH",
        Description = "Path below which a proxy shows the studio, such as /headcount",
        DefaultValueFactory = _ => "",
    };
    var database = new Option<string?>("--database")
    {
        HelpName = "CONNECTION",
        Description = "PostgreSQL connection string; HEADCOUNT_DATABASE in the environment does the same [default: SQLite in the data folder]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("HEADCOUNT_DATABASE"),
    };
    var model = new Option<string>("--model")
    {
        HelpName = "NAME|FILE",
        Description = "A model that comes with the program, or an ONNX file",
        DefaultValueFactory = _ => defaults.Model,
    };
    var quality = new Option<CountQuality?>("--quality")
    {
        HelpName = "fast|balanced|best",
        Description = "Count pictures at their own size; at halves of it too; or four times at all of these [default: balanced]",
    };
    var threads = new Option<int>("--threads") { HelpName = "N", Description = "Threads for the network; 0: one for each core" };
    var improveSteps = new Option<int>("--improve-steps")
    {
        HelpName = "N",
        Description = "Steps of training when the model is improved with corrections",
        DefaultValueFactory = _ => defaults.ImproveSteps,
    };
    var keepDays = new Option<int?>("--keep-days")
    {
        HelpName = "N",
        Description = "Delete pictures, and all that was made of them, N days after their upload [default: they stay]",
    };
    var maxUpload = new Option<long>("--max-upload")
    {
        HelpName = "BYTES",
        Description = "Largest upload",
        DefaultValueFactory = _ => defaults.MaxUploadBytes,
    };
    var maxPixels = new Option<long>("--max-pixels")
    {
        HelpName = "N",
        Description = "Largest picture, width × height",
        DefaultValueFactory = _ => defaults.MaxPixels,
    };
    var root = new RootCommand("Counts the people in pictures, in the browser and over REST.")
    {
        data, url, apiKey, keys, proxies, hosts, basePath, database, model, quality, threads, improveSteps, keepDays, maxUpload, maxPixels,
    };
    root.SetAction(async (parsed, stop) =>
    {
        var named = KeyFile.Read(parsed.GetValue(keys));
        if (parsed.GetValue(apiKey) is { Length: > 0 } key)
            named["api-key"] = key;
        var options = new StudioOptions
        {
            Data = Path.GetFullPath(parsed.GetRequiredValue(data)),
            Url = parsed.GetRequiredValue(url),
            Keys = named,
            Proxies = [.. (parsed.GetValue(proxies) ?? []).Select(given => IPAddress.TryParse(given, out IPAddress? address)
                ? address
                : throw new ArgumentException($"--proxy {given}: is no IP address"))],
            Hosts = parsed.GetValue(hosts) ?? [],
            BasePath = parsed.GetRequiredValue(basePath),
            Database = parsed.GetValue(database),
            Model = parsed.GetRequiredValue(model),
            Quality = parsed.GetValue(quality),
            Threads = parsed.GetValue(threads),
            ImproveSteps = parsed.GetValue(improveSteps),
            KeepDays = parsed.GetValue(keepDays),
            MaxUploadBytes = parsed.GetValue(maxUpload),
            MaxPixels = parsed.GetValue(maxPixels),
        };
        await using WebApplication app = StudioServer.Create(options);
        try
        {
            await app.StartAsync(stop);
        }
        catch
        {
            // What has begun ends before its parts do.
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        Console.Error.WriteLine($"headcount: the studio is open at {app.Urls.First()} (pictures and results in {options.Data}); Ctrl-C ends it");
        await app.WaitForShutdownAsync(stop);
        return ExitCode.Done;
    });
    return root.Parse(args).InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellation);
}
