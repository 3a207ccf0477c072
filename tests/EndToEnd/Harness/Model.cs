using System.IO.Compression;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd.Harness;

/// <summary>A model folder and a manifest of one test.</summary>
internal sealed class Model : IDisposable
{
    private const string GateProgram = """
        import socket, sys

        with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as gate:
            gate.sendall((sys.argv[2] + "\n").encode())
            gate.recv(1)
        """;

    private readonly TemporaryFolder _folder = new();

    public Model()
    {
        _folder.Write("model/gate.py", GateProgram + "\n");
    }

    public string Folder => Path.Combine(_folder.Path, "model");

    public byte[] Zip()
    {
        using var bytes = new MemoryStream();
        ZipFile.CreateFromDirectory(Folder, bytes);
        return bytes.ToArray();
    }

    public void Add(string name, string text) => _folder.Write(Path.Combine("model", name), text);

    /// <summary>A manifest of 2018 whose command is these lines of shell.</summary>
    public string Manifest(string command, string name = "test") =>
        _folder.Write(
            $"{name}.yaml",
            $"""
            model_definition:
              name: {name}
              framework:
                name: python
                version: "3"
              execution:
                command: |
            {string.Join('\n', command.Split('\n').Select(line => "      " + line))}
                compute_configuration:
                  name: small
            training_data_reference:
              type: file
              source:
                bucket: data
            training_results_reference:
              type: file
              target:
                bucket: results
            """
        );

    public string File(string name, string text) => _folder.Write(name, text);

    public string File(string name, byte[] bytes)
    {
        var path = _folder.File(name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => _folder.Dispose();
}
