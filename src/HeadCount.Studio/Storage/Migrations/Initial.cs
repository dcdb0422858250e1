using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadCount.Studio.Storage.Migrations;

/// <summary>
/// What version 0.4.0 made. Columns name no database's type: SQLite and PostgreSQL each take theirs for the CLR's.
/// </summary>
[DbContext(typeof(StudioContext))]
[Migration(Id)]
internal sealed class Initial : Migration
{
    internal const string Id = "20261127000000_Initial";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("Projects", table => new
        {
            Id = table.Column<Guid>(nullable: false),
            Name = table.Column<string>(nullable: false),
            Created = table.Column<long>(nullable: false),
        }, constraints: table => table.PrimaryKey("PK_Projects", row => row.Id));
        migrationBuilder.CreateTable("Pictures", table => new
        {
            Id = table.Column<Guid>(nullable: false),
            ProjectId = table.Column<Guid>(nullable: false),
            Order = table.Column<long>(nullable: false),
            Name = table.Column<string>(nullable: false),
            Width = table.Column<int>(nullable: false),
            Height = table.Column<int>(nullable: false),
            Bytes = table.Column<long>(nullable: false),
            State = table.Column<int>(nullable: false),
            Error = table.Column<string>(nullable: true),
            Model = table.Column<string>(nullable: false),
            Count = table.Column<int>(nullable: false),
            DensitySum = table.Column<double>(nullable: true),
            Threshold = table.Column<double>(nullable: false),
            OwnThreshold = table.Column<double>(nullable: false),
            Edited = table.Column<bool>(nullable: false),
            HasTruth = table.Column<bool>(nullable: false),
            Revision = table.Column<int>(nullable: false),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_Pictures", row => row.Id);
            table.ForeignKey("FK_Pictures_Projects_ProjectId", row => row.ProjectId, "Projects", "Id", onDelete: ReferentialAction.Cascade);
        });
        migrationBuilder.CreateTable("Parts", table => new
        {
            PictureId = table.Column<Guid>(nullable: false),
            Kind = table.Column<int>(nullable: false),
            Json = table.Column<byte[]>(nullable: false),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_Parts", row => new { row.PictureId, row.Kind });
            table.ForeignKey("FK_Parts_Pictures_PictureId", row => row.PictureId, "Pictures", "Id", onDelete: ReferentialAction.Cascade);
        });
        migrationBuilder.CreateIndex("IX_Pictures_ProjectId_Order", "Pictures", ["ProjectId", "Order"]);
        migrationBuilder.CreateIndex("IX_Pictures_State_Order", "Pictures", ["State", "Order"]);
    }
}
