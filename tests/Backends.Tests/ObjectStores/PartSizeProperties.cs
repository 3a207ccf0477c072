using FsCheck;
using FsCheck.Fluent;
using Trainyard.Backends.ObjectStores.Parts;
using Trainyard.Backends.ObjectStores.S3;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.Tests.ObjectStores;

public sealed class PartSizeProperties
{
    private const long Usual = 16L << 20;

    private static readonly Gen<long> Sizes = Gen.OneOf(
        Gen.Choose(0, 1 << 26).Select(size => (long)size),
        Gen.Choose(0, int.MaxValue).Two().Select(t => (((long)t.Item1 << 31) | (uint)t.Item2) % PartSize.LargestObject),
        Gen.Elements(0, 1, Usual - 1, Usual, Usual + 1, (Usual * 10_000) - 1, Usual * 10_000, (Usual * 10_000) + 1),
        Gen.Constant(PartSize.LargestObject)
    );

    [Fact]
    public void Parts_cover_an_object_without_gap_or_overlap_and_are_never_too_many() =>
        Prop.ForAll(
                Sizes.ToArbitrary(),
                size =>
                {
                    var upload = new ObjectUpload
                    {
                        Bucket = "b",
                        Key = "k",
                        Bytes = size,
                        PartBytes = PartSize.For(size, Usual),
                    };
                    var last = upload.Parts - 1;
                    var before = (long)last * upload.PartBytes;
                    return upload.Parts is >= 1 and <= PartSize.MostParts
                        && upload.PartBytes >= Usual
                        && Enumerable.Range(0, Math.Min(last, 3)).All(part => upload.LengthOf(part) == upload.PartBytes)
                        && before + upload.LengthOf(last) == size
                        && (size == 0 || upload.LengthOf(last) > 0);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void More_than_the_largest_object_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PartSize.For(PartSize.LargestObject + 1, Usual));
}
