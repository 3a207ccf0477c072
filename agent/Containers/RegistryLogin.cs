using System.Text;
using System.Text.Json;
using Trainyard.Agent.Files;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Containers;

/// <summary>A run's registry login, as a file that engines read. Disposing deletes it after the pull.</summary>
internal sealed class RegistryLogin : IDisposable
{
    private readonly string _folder;

    private RegistryLogin(string folder) => _folder = folder;

    /// <summary>The login file, with Docker's name for it: Docker reads no other.</summary>
    public string File => Path.Combine(_folder, "config.json");

    /// <returns>Null for an image without a login.</returns>
    public static RegistryLogin? Write(string parent, ImageName name, NodeImage image)
    {
        if (image.UserName is null)
        {
            return null;
        }
        var login = new RegistryLogin(PrivateFolder.Create(Path.Combine(parent, "registry-login")));
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{image.UserName}:{image.Password}"));
        var logins = new Dictionary<string, Dictionary<string, string>>
        {
            [name.LoginName] = new() { ["auth"] = pair },
        };
        System.IO.File.WriteAllText(
            login.File,
            JsonSerializer.Serialize(new Dictionary<string, object> { ["auths"] = logins })
        );
        return login;
    }

    public void Dispose() => PrivateFolder.TryDelete(_folder);
}
