using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HeadCount.Studio.Storage;

/// <summary>
/// Lets SQLite wait for the disk at checkpoints only, not at every commit: with its write-ahead log nothing that is committed is
/// lost when the process dies, and the database stays whole when the power fails. SQLite forgets this with each connection.
/// </summary>
internal sealed class SqliteDurability : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = NORMAL;";
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}
