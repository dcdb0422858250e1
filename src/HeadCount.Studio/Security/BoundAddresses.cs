using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace HeadCount.Studio.Security;

/// <summary>
/// Looks at the addresses that are really listened on, whatever set them (the server's own configuration may override
/// <c>--url</c>): without a key they must be this machine's alone.
/// </summary>
internal sealed class BoundAddresses(IServer server, StudioOptions options) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Keys.Count == 0
            && server.Features.Get<IServerAddressesFeature>()!.Addresses.FirstOrDefault(address => !StudioOptions.IsLoopback(address)) is { } open)
        {
            throw new ArgumentException($"the server listens on {open}, which can be reached from other machines: give --api-key KEY, "
                + "or take the address out of the server's configuration (Kestrel__Endpoints and the like)");
        }
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
