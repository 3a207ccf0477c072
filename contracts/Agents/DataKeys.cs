namespace Trainyard.Contracts.Agents;

/// <summary>Keys of data buckets.</summary>
public static class DataKeys
{
    /// <summary>
    /// Whether a part of the key is <c>.</c> or <c>..</c>: HTTP resolves such an address to that of another object.
    /// </summary>
    public static bool LeadsElsewhere(string key)
    {
        foreach (var part in key.AsSpan().Split('/'))
        {
            if (key.AsSpan()[part] is "." or "..")
            {
                return true;
            }
        }
        return false;
    }
}
