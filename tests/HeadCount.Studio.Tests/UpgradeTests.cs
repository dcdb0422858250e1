using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HeadCount.Studio.Storage;
using HeadCount.Tests;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace HeadCount.Studio.Tests;

/// <summary>Databases that version 0.4.0 has written (<c>Upgrade/</c>: what it stored of two pictures and a broken one).</summary>
public class UpgradeTests
{
    private static string Dump(string database) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Upgrade", $"0.4.0.{database}.sql"));

    private static void Execute(DbConnection connection, string sql)
    {
        using (connection)
        {
            connection.Open();
            using DbCommand command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    [Fact]
    public async Task Sqlite_OfVersion040_IsTakenOverWithAllItHolds()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["data"]);
        Execute(new SqliteConnection($"Data Source={folder["data/studio.db"]};Pooling=False"), Dump("sqlite"));
        await HoldsWhatWasThereAsync(folder, null);
    }

    [Fact]
    public async Task Postgres_OfVersion040_IsTakenOverWithAllItHolds()
    {
        using PostgresServer? server = PostgresServer.Start();
        Assert.SkipWhen(server is null, "PostgreSQL is not installed");
        Execute(new NpgsqlConnection(server.Connection.Replace("headcount", "postgres", StringComparison.Ordinal)), "CREATE DATABASE headcount");
        Execute(new NpgsqlConnection(server.Connection), Dump("postgres"));
        using var folder = new TempFolder();
        await HoldsWhatWasThereAsync(folder, server.Connection);
    }

    private static async Task HoldsWhatWasThereAsync(TempFolder folder, string? database)
    {
        // The second start finds it as the first has left it.
        for (int start = 0; start < 2; start++)
        {
            await using Studio studio = await Studio.StartAsync(folder, options => options with { Database = database });
            JsonNode project = JsonNode.Parse(await studio.Http.GetStringAsync("/api/projects"))!.AsArray().Single(project => (string)project!["name"]! == "Town square")!;
            Assert.Null(project["model"]);
            Assert.Equal((3, 2, 1, 27), ((int)project["pictures"]!, (int)project["done"]!, (int)project["failed"]!, (int)project["heads"]!));
            JsonObject[] pictures = await studio.CountedAsync((string)project["id"]!);
            Assert.Equal(["scene_00003.jpg", "scene_00004.jpg", "notes.jpg"], pictures.Select(picture => (string)picture["name"]!));
            string edited = $"/api/pictures/{pictures[0]["id"]}";
            Assert.Equal("[[10,20],[30.5,40.25],[500,300]]", (await studio.GetAsync($"{edited}/heads"))["heads"]!.ToJsonString());
            Assert.Equal("Gate A", (string)JsonNode.Parse(await studio.Http.GetStringAsync($"{edited}/zones"))![0]!["name"]!);
            Assert.Equal(24, (int)pictures[1]["count"]!);
            JsonObject comparison = await studio.GetAsync($"/api/pictures/{pictures[1]["id"]}/comparison");
            Assert.Equal(2, comparison["hits"]!.AsArray().Count + comparison["misses"]!.AsArray().Count);
            // What this version adds works as well.
            Assert.Equal("nano", (string)(await Studio.JsonAsync(await studio.Http.PutAsJsonAsync($"/api/projects/{project["id"]}/model", new { model = "nano" })))["model"]!);
            await studio.Http.PutAsJsonAsync($"/api/projects/{project["id"]}/model", new { model = (string?)null });
            Assert.Equal(HttpStatusCode.Created, (await studio.Http.PostAsJsonAsync("/api/projects", new { name = "New" }, TestContext.Current.CancellationToken)).StatusCode);
            Assert.Contains("project.created", await studio.Http.GetStringAsync("/api/changes"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sqlite_AsTheMigrationsMakeIt_IsWhatTheModelSays()
    {
        using var folder = new TempFolder();
        string[] Columns(string name, Action<StudioContext> make)
        {
            using var db = new StudioContext(new DbContextOptionsBuilder<StudioContext>().UseSqlite($"Data Source={folder[name]};Pooling=False")
                .ConfigureWarnings(warnings => warnings.Ignore(Microsoft.EntityFrameworkCore.Diagnostics.RelationalEventId.PendingModelChangesWarning)).Options);
            make(db);
            return [.. db.Database.SqlQueryRaw<string>("""
                SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk AS Value FROM sqlite_master m, pragma_table_info(m.name) c
                WHERE m.type = 'table' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\'
                UNION ALL SELECT m.name || ' ' || group_concat(i.name) FROM sqlite_master m, pragma_index_info(m.name) i WHERE m.type = 'index' AND m.name NOT LIKE '%EFMigrations%' GROUP BY m.name
                UNION ALL SELECT m.name || ' ' || f."from" || ' ' || f."table" || ' ' || f.on_delete FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
                """).ToArray().Order(StringComparer.Ordinal)];
        }
        string[] expected = Columns("model.db", db => db.Database.EnsureCreated());
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Columns("migrated.db", Schema.Update));
    }

    [Fact]
    public void Postgres_AsTheMigrationsMakeIt_IsWhatTheModelSays()
    {
        using PostgresServer? server = PostgresServer.Start();
        Assert.SkipWhen(server is null, "PostgreSQL is not installed");
        string[] Columns(string name, Action<StudioContext> make)
        {
            using var db = new StudioContext(new DbContextOptionsBuilder<StudioContext>().UseNpgsql(server.Connection.Replace("Database=headcount", $"Database={name}", StringComparison.Ordinal))
                .ConfigureWarnings(warnings => warnings.Ignore(Microsoft.EntityFrameworkCore.Diagnostics.RelationalEventId.PendingModelChangesWarning)).Options);
            make(db);
            return [.. db.Database.SqlQueryRaw<string>("""
                SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable AS "Value" FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name NOT LIKE '\_\_EF%'
                UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\_\_EF%'
                """).ToArray().Order(StringComparer.Ordinal)];
        }
        string[] expected = Columns("model", db => db.Database.EnsureCreated());
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Columns("migrated", Schema.Update));
    }

    [Fact]
    public async Task Database_OfALaterVersion_IsLeftAlone()
    {
        using var folder = new TempFolder();
        await using (await Studio.StartAsync(folder))
        {
        }
        Execute(new SqliteConnection($"Data Source={folder["data/studio.db"]};Pooling=False"),
            """INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Wonders', '99.0.0')""");
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Studio.StartAsync(folder));
        Assert.Contains("later version (29990101000000_Wonders)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migration_ThatWasKilled_DoesNotLockTheNextStartOut()
    {
        using var folder = new TempFolder();
        await using (await Studio.StartAsync(folder))
        {
        }
        Execute(new SqliteConnection($"Data Source={folder["data/studio.db"]};Pooling=False"), """
            CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01');
            """);
        await using Studio next = await Studio.StartAsync(folder);
        Assert.Equal("[]", await next.Http.GetStringAsync("/api/projects"));
    }
}
