namespace Trainyard.Backends.Child;

/// <summary>Bytes that follow from a number, so that a reader can tell whole from half.</summary>
public static class Contents
{
    private const int LongestBytes = 300_000;

    public static byte[] Of(int number)
    {
        var content = new byte[number * 7919 % LongestBytes];
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = (byte)(number + (i / 100));
        }
        return content;
    }
}
