using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadCount.Studio.Storage.Migrations;

/// <summary>Browsers that are signed in, and the log of changes.</summary>
[DbContext(typeof(StudioContext))]
[Migration("20261128000000_SessionsAndLog")]
internal sealed class SessionsAndLog : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("Sessions", table => new
        {
            Token = table.Column<string>(nullable: false),
            Key = table.Column<string>(nullable: false),
            Expires = table.Column<long>(nullable: false),
        }, constraints: table => table.PrimaryKey("PK_Sessions", row => row.Token));
        migrationBuilder.CreateTable("Changes", table => new
        {
            Id = table.Column<Guid>(nullable: false),
            At = table.Column<long>(nullable: false),
            Who = table.Column<string>(nullable: false),
            What = table.Column<string>(nullable: false),
            ProjectId = table.Column<Guid>(nullable: true),
            PictureId = table.Column<Guid>(nullable: true),
            Name = table.Column<string>(nullable: true),
            Before = table.Column<string>(nullable: true),
            After = table.Column<string>(nullable: true),
        }, constraints: table => table.PrimaryKey("PK_Changes", row => row.Id));
        migrationBuilder.CreateIndex("IX_Changes_At", "Changes", "At");
    }
}
