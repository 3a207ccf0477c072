using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Storage;

namespace Trainyard.Backends.Hosting;

/// <summary>The pool's secret on this machine: created once, readable only by the service's user.</summary>
internal static class PoolKeyFile
{
    private const int KeyBytes = 32;

    public static PoolKey ReadOrCreate(StateFolder home)
    {
        if (!File.Exists(home.PoolKeyFile))
        {
            Create(home);
        }
        return new PoolKey(File.ReadAllText(home.PoolKeyFile).Trim());
    }

    private static void Create(StateFolder home)
    {
        DurableFiles.CreatePrivateFolder(home.Agent);
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n";
        DurableFiles.WritePrivate(home.PoolKeyFile, Encoding.ASCII.GetBytes(text));
    }
}
