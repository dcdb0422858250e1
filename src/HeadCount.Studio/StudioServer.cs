using System.Threading.RateLimiting;
using HeadCount.Inference;
using HeadCount.Studio.Api;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Security;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using Scalar.AspNetCore;

namespace HeadCount.Studio;

/// <summary>Puts the server together.</summary>
public static class StudioServer
{
    /// <summary>A server that is not started yet.</summary>
    /// <exception cref="ArgumentException">It would listen beyond this machine without a key, or the model cannot take the
    /// quality.</exception>
    /// <exception cref="ModelException">There is no such model, or it cannot be loaded.</exception>
    /// <exception cref="IOException">The data folder cannot be made, or another studio works in it.</exception>
    public static WebApplication Create(StudioOptions options)
    {
        if (!options.IsLoopback && string.IsNullOrEmpty(options.ApiKey))
            throw new ArgumentException($"{options.Url} can be reached from other machines: give --api-key KEY (or HEADCOUNT_API_KEY), or listen on 127.0.0.1");
        Directory.CreateDirectory(options.Data);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(options.Url);
        // Some room for what a form adds to its files.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = options.MaxUploadBytes + (1 << 16));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        AddServices(builder.Services, options);

        WebApplication app = builder.Build();
        // In memory before the first picture comes.
        Models models = app.Services.GetRequiredService<Models>();
        HeadModel model = models.Get(models.DefaultName);
        if (options.Quality is not (null or CountQuality.Fast) && !model.TakesQuality)
            throw new ArgumentException($"--quality: the model {models.DefaultName} does not score heads itself; leave the quality out");
        using (StudioContext db = app.Services.GetRequiredService<IDbContextFactory<StudioContext>>().CreateDbContext())
        {
            db.Database.EnsureCreated();
            if (db.Database.IsSqlite())
                db.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL;");
            // Before the first upload comes, which would look like a leftover.
            app.Services.GetRequiredService<PictureFiles>().DeleteExcept(db.Pictures.Select(picture => picture.Id).ToHashSet());
        }
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseHostFiltering();
        Headers.Use(app);
        Gate.Use(app, options);
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseRouting();
        app.UseRateLimiter();
        RouteGroupBuilder api = app.MapGroup("/api").RequireRateLimiting("calls");
        CountEndpoints.Map(api);
        ProjectEndpoints.Map(api);
        PictureEndpoints.Map(api);
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", scalar => scalar.DisableDefaultFonts().WithTitle("HeadCount Studio"));
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
        services.AddSingleton<EventHub>();
        services.AddSingleton<StudioMetrics>();
        services.AddSingleton<CountWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<CountWorker>());
        services.AddPooledDbContextFactory<StudioContext>(db => _ = options.Database is { } connection
            ? db.UseNpgsql(connection)
            : db.UseSqlite($"Data Source={Path.Combine(options.Data, "studio.db")}").AddInterceptors(new SqliteDurability()));
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<StudioContext>>().CreateDbContext());
        services.AddProblemDetails();
        services.AddExceptionHandler<Problems>();
        services.AddOpenApi();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(StudioMetrics.MeterName).AddAspNetCoreInstrumentation().AddPrometheusExporter());
        services.AddHealthChecks().AddCheck<Ready>("ready");
        // A name that a foreign site points at this machine is not taken for the studio's.
        services.Configure<HostFilteringOptions>(hosts =>
            hosts.AllowedHosts = options.IsLoopback ? ["localhost", "127.0.0.1", "[::1]"] : ["*"]);
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy("calls", context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = options.CallsPerMinute, Window = TimeSpan.FromMinutes(1) }));
        });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
    }

    /// <summary>Whether the database answers; the model is loaded before the first call comes.</summary>
    private sealed class Ready(IDbContextFactory<StudioContext> contexts) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using StudioContext db = await contexts.CreateDbContextAsync(cancellationToken);
            return await db.Database.CanConnectAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The database does not answer");
        }
    }
}
