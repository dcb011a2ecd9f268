"""Any attribute of all frames as one array: when was each volume taken, and how strong is its signal?"""

import numpy as np

import dicome

image = dicome.open("scan.dcm")
print(len(image.frames.columns), "attributes, among them", ", ".join(image.frames.columns[:8]))

echo_time = image.frames["EffectiveEchoTime"]
stored = np.array([image.frame(k + 1).mean() for k in range(image.frames.frame_count)])
for te in image.echo_times:
    print(f"echo time {te:g} ms: mean {stored[echo_time == te].mean():.4g}")
