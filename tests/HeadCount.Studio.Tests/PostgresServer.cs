using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HeadCount.Studio.Tests;

/// <summary>A PostgreSQL server of its own, with an empty database, for one test.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly string _programs;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("headcount-postgres-");

    private PostgresServer(string programs)
    {
        _programs = programs;
        // The server refuses to run as root.
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", _folder.FullName);
        string data = Path.Combine(_folder.FullName, "data"), log = Path.Combine(_folder.FullName, "log");
        int port = FreePort();
        RunAsServer("initdb", "-D", data, "-A", "trust", "-U", "studio");
        RunAsServer("pg_ctl", "-D", data, "-l", log, "-w", "-o", $"-p {port} -c unix_socket_directories= -c listen_addresses=127.0.0.1", "start");
        Connection = $"Host=127.0.0.1;Port={port};Username=studio;Database=headcount";
    }

    internal string Connection { get; }

    /// <summary>Starts a server, or gives null where PostgreSQL is not installed.</summary>
    internal static PostgresServer? Start()
    {
        const string Debian = "/usr/lib/postgresql";
        string? programs = !Directory.Exists(Debian)
            ? null
            : Directory.GetDirectories(Debian).Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "pg_ctl")));
        return programs is null ? null : new PostgresServer(programs);
    }

    public void Dispose()
    {
        RunAsServer("pg_ctl", "-D", Path.Combine(_folder.FullName, "data"), "-m", "immediate", "-w", "stop");
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void RunAsServer(string program, params string[] arguments)
    {
        program = Path.Combine(_programs, program);
        if (Environment.IsPrivilegedProcess)
            Run("runuser", ["-u", "postgres", "--", program, .. arguments]);
        else
            Run(program, arguments);
    }

    // What is printed goes to the server too, which lives on: it is not read.
    private void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.FullName })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed");
    }
}
