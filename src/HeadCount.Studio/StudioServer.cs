using System.Globalization;
using System.Threading.RateLimiting;
using HeadCount.Inference;
using HeadCount.Studio.Api;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Security;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Scalar.AspNetCore;

namespace HeadCount.Studio;

/// <summary>Puts the server together.</summary>
public static class StudioServer
{
    /// <summary>Largest body of a call that takes no files.</summary>
    private const long MostJsonBytes = 32 << 20;

    /// <summary>A server that is not started yet.</summary>
    /// <exception cref="ArgumentException">It would listen beyond this machine without a key, or something that was given cannot
    /// be; at the start, too, once the addresses are known.</exception>
    /// <exception cref="ModelException">There is no such model, or it cannot be loaded.</exception>
    /// <exception cref="IOException">The data folder cannot be made, or another studio works in it.</exception>
    public static WebApplication Create(StudioOptions options)
    {
        options.Check();
        Directory.CreateDirectory(options.Data);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MostJsonBytes);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // A start that fails is said in a line by the program.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // What fails is thrown, and logged where it is caught.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        AddServices(builder.Services, options);

        WebApplication app = builder.Build();
        // In memory before the first picture comes.
        Models models = app.Services.GetRequiredService<Models>();
        HeadModel model = models.Get(models.DefaultName);
        if (options.Quality is not (null or CountQuality.Fast) && !model.TakesQuality)
            throw new ArgumentException($"--quality: the model {models.DefaultName} does not score heads itself; leave the quality out");
        // The folder is this studio's before its database is touched.
        PictureFiles files = app.Services.GetRequiredService<PictureFiles>();
        // While there is room.
        app.Services.GetRequiredService<Reserve>();
        using (StudioContext db = app.Services.GetRequiredService<IDbContextFactory<StudioContext>>().CreateDbContext())
        {
            Schema.Update(db);
            // Before the first upload comes, which would look like a leftover.
            files.DeleteExcept(db.Pictures.Select(picture => picture.Id).ToHashSet());
        }
        app.UseForwardedHeaders();
        if (options.BasePath.Length > 0)
            app.UsePathBase(options.BasePath);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseHostFiltering();
        Headers.Use(app);
        Gate.Use(app);
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseRouting();
        app.UseRateLimiter();
        RouteGroupBuilder api = app.MapGroup("/api").RequireRateLimiting("calls").ProducesProblem(401).ProducesProblem(429);
        Gate.Map(api);
        CountEndpoints.Map(api, options);
        ProjectEndpoints.Map(api, options);
        ImproveEndpoints.Map(api);
        PictureEndpoints.Map(api);
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", scalar => scalar.WithTitle("HeadCount Studio").DisableDefaultFonts()
            .DisableAgent().DisableMcp().DisableTelemetry().HideClientButton().HideDeveloperTools().WithCustomCss("a[href*='scalar.com'] { display: none; }")
            .WithOpenApiRoutePattern("../openapi/{documentName}.json"));
        app.MapPrometheusScrapingEndpoint();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
        return app;
    }

    private static void AddServices(IServiceCollection services, StudioOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<Models>();
        services.AddSingleton<PictureFiles>();
        services.AddSingleton<Reserve>();
        services.AddSingleton<EventHub>();
        services.AddSingleton<Benches>();
        services.AddSingleton<StudioMetrics>();
        services.AddSingleton<Keys>();
        services.AddSingleton<CountWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<CountWorker>());
        services.AddSingleton<Improvement>();
        services.AddHostedService(provider => provider.GetRequiredService<Improvement>());
        services.AddSingleton<Retention>();
        services.AddHostedService(provider => provider.GetRequiredService<Retention>());
        services.AddHostedService<BoundAddresses>();
        services.AddPooledDbContextFactory<StudioContext>(db => _ = (options.Database is { } connection
            ? db.UseNpgsql(connection)
            : db.UseSqlite($"Data Source={Path.Combine(options.Data, "studio.db")}").AddInterceptors(new SqliteDurability()))
            // The migrations serve two databases and so keep no model of one; a test compares what they make with the model.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)));
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<StudioContext>>().CreateDbContext());
        services.AddProblemDetails();
        services.AddExceptionHandler<Problems>();
        services.AddOpenApi(OpenApi.Describe);
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("headcount-studio", serviceVersion: typeof(HeadModel).Assembly.GetName().Version!.ToString(3)))
            .WithMetrics(metrics => metrics.AddMeter(StudioMetrics.MeterName).AddAspNetCoreInstrumentation().AddPrometheusExporter());
        services.AddHealthChecks().AddCheck<Ready>("ready");
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = options.Proxies.Count == 0 ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (System.Net.IPAddress proxy in options.Proxies)
                forwarded.KnownProxies.Add(proxy);
        });
        // A name that a foreign site points at this machine is not taken for the studio's.
        services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts =
            options.Hosts.Count > 0 || options.IsLocal ? ["localhost", "127.0.0.1", "[::1]", .. options.Hosts] : ["*"]);
        services.AddRateLimiter(limiter =>
        {
            limiter.OnRejected = (context, _) =>
            {
                TimeSpan after = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan told) ? told : TimeSpan.FromMinutes(1);
                throw new TooManyException(StatusCodes.Status429TooManyRequests, "Too many calls at once", after);
            };
            limiter.AddPolicy("calls", context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = options.CallsPerMinute, Window = TimeSpan.FromMinutes(1) }));
        });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    /// <summary>Whether the database answers and pictures are counted; the model is loaded before the first call comes.</summary>
    private sealed class Ready(IDbContextFactory<StudioContext> contexts, StudioMetrics metrics, StudioOptions options) : IHealthCheck
    {
        private const long LeastBytes = 64 << 20;

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using StudioContext db = await contexts.CreateDbContextAsync(cancellationToken);
            return !await db.Database.CanConnectAsync(cancellationToken) ? HealthCheckResult.Unhealthy("The database does not answer")
                : metrics.IsStalled ? HealthCheckResult.Degraded("Pictures wait; the log says why")
                : DiskSpace.Free(options.Data) is long free && free < LeastBytes
                    ? HealthCheckResult.Degraded(string.Create(CultureInfo.InvariantCulture, $"{free >> 20} MiB are left on the disk"))
                : HealthCheckResult.Healthy();
        }
    }
}
