import type { FC } from 'hono/jsx/dom';
import { render, useState } from 'hono/jsx/dom';

/** Puts a view in place of what is there; what it is called with later only changes what differs. */
export function mount<Props extends object>(
  View: FC<Props>,
  place: HTMLElement,
  first: Props,
): (props: Props) => void {
  let update: (props: Props) => void = () => undefined;
  function Root() {
    const [props, setProps] = useState(first);
    update = setProps;
    return <View {...props} />;
  }
  render(<Root />, place);
  return (props) => update(props);
}
