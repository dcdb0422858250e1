using HeadCount.Studio.Storage.Migrations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace HeadCount.Studio.Storage;

/// <summary>Brings a database to what this version needs: makes a new one, or changes an earlier version's in place.</summary>
internal static class Schema
{
    /// <exception cref="ArgumentException">A later version has changed the database.</exception>
    internal static void Update(StudioContext db)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        var history = db.GetService<IHistoryRepository>();
        if (creator.Exists())
        {
            string[] applied = [.. db.Database.GetAppliedMigrations()];
            if (applied.Length == 0 && creator.HasTables())
                TakeOver(db, history);
            string[] later = [.. applied.Except(db.Database.GetMigrations())];
            if (later.Length > 0)
                throw new ArgumentException($"the database has changes of a later version ({later[0]}); start that version, or give another --data");
        }
        if (db.Database.IsSqlite())
        {
            db.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL;");
            // One studio works in the folder: a lock that is there was left by a killed one.
            db.Database.ExecuteSqlRaw("""DROP TABLE IF EXISTS "__EFMigrationsLock";""");
        }
        db.Database.Migrate();
    }

    // Version 0.4.0 wrote no history.
    private static void TakeOver(StudioContext db, IHistoryRepository history)
    {
        using IDbContextTransaction transaction = db.Database.BeginTransaction();
        db.Database.ExecuteSqlRaw(history.GetCreateIfNotExistsScript());
        db.Database.ExecuteSqlRaw(history.GetInsertScript(new HistoryRow(Initial.Id, ProductInfo.GetVersion())));
        transaction.Commit();
    }
}
