using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadCount.Studio.Storage.Migrations;

/// <summary>A project's own model.</summary>
[DbContext(typeof(StudioContext))]
[Migration("20261129000000_ProjectModel")]
internal sealed class ProjectModel : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("Model", "Projects", nullable: true);
}
